-- The same dated facts give the same answer in whatever order they arrive, and a no goes along to a new address (I5).

-- For which addresses a person's own yes was given: a no that is older and comes later is lifted there too.
alter table permission_entry add column address_hashes text[] not null default '{}';
create index permission_entry_yes_address on permission_entry using gin (address_hashes) where personal and says = 'permission';

create function remember_addresses() returns trigger language plpgsql security definer set search_path = public as $$
begin
  -- A restored row knows its own.
  if new.address_hashes = '{}' then
    new.address_hashes := coalesce((select p.address_hashes from person p where p.id = new.person_id), '{}');
  end if;
  return new;
end $$;
create trigger remember_addresses before insert on permission_entry
  for each row when (new.personal and new.usable and new.says = 'permission') execute function remember_addresses();

-- `lifted_at` is the last personal yes for the address, whenever it came: what counts is whether it is later than the last no.
create function heed_yes() returns trigger language plpgsql security definer set search_path = public as $$
begin
  new.lifted_at := greatest(new.lifted_at, (select max(e.at) from permission_entry e
    where e.personal and e.says = 'permission' and e.usable and e.address_hashes @> array[new.address_hash]));
  return new;
end $$;
create trigger heed_yes before insert or update of at on suppression
  for each row when (new.kind = 'opted-out') execute function heed_yes();

-- A yes that is recorded twice was said once, and where it was said: told again after a move it opens no other address.
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

-- Whoever said no takes it along: the new address is closed to everybody who shares it, inside and in the outside ledger.
create function carry_prohibition() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into suppression as s (address_hash, kind, at)
  select distinct hash, 'opted-out', new.permission_at from unnest(new.address_hashes) hash order by hash
  on conflict (address_hash, kind) do update set at = excluded.at where s.at < excluded.at;
  insert into ledger_outbox (entry, created_at)
  values (jsonb_build_object('kind', 'opt-out', 'at', new.permission_at, 'subject', new.id, 'addresses', new.address_hashes,
    'channel', 'address-change', 'onceKey', concat_ws('|', 'moved', new.id, new.address_hashes[1], extract(epoch from new.permission_at))), now());
  return null;
end $$;
create trigger carry_prohibition after update of email, address_hashes on person for each row
  when (new.permission = 'prohibition' and new.address_hashes <> '{}' and new.address_hashes is distinct from old.address_hashes
    and lower(new.email) is distinct from lower(old.email))
  execute function carry_prohibition();

-- The gate also asks the address that was disclosed, and every other one the recipient has taken in the tool since.
create or replace function recipients_now_barred(barred_campaign uuid, barred_at timestamptz)
returns table (recipient_id bigint) language sql stable security definer set search_path = public as $$
  select r.id
  from recipient r
  left join eligibility(barred_at) e on e.person_id = r.person_id
  where r.campaign_id = barred_campaign and r.state in ('accepted', 'intended', 'unknown')
    and (r.outdated or r.person_id is null or e.person_id is null
      or e.because in ('ERASED', 'PROHIBITED', 'ORGANISATION_PROHIBITED', 'RESTRICTED')
      or exists (
        select from suppression s
        where (s.lifted_at is null or s.lifted_at <= s.at)
          and s.address_hash in (select r.address_hash union all
            select a.hash from recipient_alias a where a.recipient_id = r.id)))
$$;
