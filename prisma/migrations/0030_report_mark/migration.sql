-- What the tool's reports counted when they were last read completely: while they count the same, they are not read again.
alter table campaign add column report_mark text;
