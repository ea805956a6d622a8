-- What a campaign costs grows with its people and with nothing else.
-- What is still open of a batch has an index of its own; nothing asks for the rest of it.
drop index recipient_batch;
-- A tool's id belongs to a recipient, who belongs to a campaign: one check a row is enough.
alter table recipient_tool_id drop constraint recipient_tool_id_campaign_id_fkey;
-- A row is written five times in its life: with room beside it, it stays where it is when no index is about what changed.
alter table recipient set (fillfactor = 70);
