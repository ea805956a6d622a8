-- What the owner has designed in the tool, as the last look showed: names to choose from, nothing about anybody.
create table tool_design (
  tool text not null,
  kind text not null check (kind in ('template', 'draft')),
  id text not null,
  name text not null,
  made_at timestamptz,
  seen_at timestamptz not null,
  primary key (tool, kind, id)
);
grant select, insert, delete on tool_design to lupa_sync;
