-- A yes that is recorded twice was said once, and where it was said: told again after a move it opens no other address (I5).

create or replace function permit(
  who uuid, said_at timestamptz, way text, by_whom text, from_source text, worded text, proof text, key_once text
) returns boolean language plpgsql security definer set search_path = public as $$
declare
  fresh boolean;
  theirs text[];
begin
  select p.address_hashes into theirs from person p where p.id = who for update;
  if not found then raise exception 'no such person' using errcode = 'no_data_found'; end if;
  insert into permission_entry (person_id, says, at, channel, actor, source, wording, evidence, personal, once_key)
  values (who, 'permission', said_at, way, by_whom, from_source, worded, proof, true, key_once)
  on conflict (once_key) do nothing;
  fresh := found;
  if fresh then
    update suppression s set lifted_at = greatest(coalesce(s.lifted_at, said_at), said_at)
    where s.kind = 'opted-out' and s.address_hash = any (theirs);
    insert into audit (seq, at, actor, action, subject, facts, previous, hash)
    values (0, greatest(said_at, now()), by_whom, 'person-permitted', who, jsonb_build_object('channel', way), '', '');
  end if;
  return fresh;
end $$;
