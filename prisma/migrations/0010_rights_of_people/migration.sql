-- What a person may ask of the register: to be corrected, restricted, erased. Erased is not opted out: an address may be both.

alter table suppression drop constraint suppression_pkey;
alter table suppression add primary key (address_hash, kind);

create or replace function prohibit_addresses(
  who uuid, said_at timestamptz, way text, by_whom text, proof text, key_once text, addresses text[], from_campaign uuid, from_import uuid
) returns boolean language plpgsql security definer set search_path = public as $$
declare
  barred text[];
  fresh boolean := false;
  known boolean;
begin
  perform pg_advisory_xact_lock_shared(hashtext('lupa prohibition'));
  -- In order, so that two who suppress the same addresses wait for each other instead of locking each other out.
  select array(select distinct unnest(coalesce(addresses, '{}') || coalesce((select p.address_hashes from person p where p.id = who), '{}')) order by 1) into barred;
  perform from campaign c
    where c.state in ('opened', 'disclosed', 'halted')
      and c.id in (select r.campaign_id from recipient r where r.person_id = who
                   union select r.campaign_id from recipient r where r.address_hash = any (barred))
    order by c.id for share;
  select exists (select from person p where p.id = who) into known;
  perform from person p where p.id = who or p.address_hashes && barred order by p.id for update;

  if known then
    insert into permission_entry (person_id, says, at, channel, actor, evidence, personal, once_key, campaign_id, import_id)
    values (who, 'prohibition', said_at, way, by_whom, proof, true, key_once, from_campaign, from_import)
    on conflict (once_key) do nothing;
    fresh := found;
    -- The same link used again after a permission that lifted its first use is a new no.
    if not fresh and exists (select from person p where p.id = who and p.permission = 'permission' and p.permission_at <= said_at) then
      insert into permission_entry (person_id, says, at, channel, actor, evidence, personal, once_key, campaign_id, import_id)
      values (who, 'prohibition', said_at, way, by_whom, proof, true, concat_ws('|', key_once, extract(epoch from said_at)), from_campaign, from_import)
      on conflict (once_key) do nothing;
    end if;
  end if;
  insert into suppression as s (address_hash, kind, at)
  select unnest(barred), 'opted-out', said_at
  on conflict (address_hash, kind) do update set at = greatest(s.at, excluded.at)
    where s.at < excluded.at;
  fresh := fresh or found;

  if fresh then
    insert into ledger_outbox (entry, created_at)
    values (jsonb_build_object('kind', 'opt-out', 'at', said_at, 'subject', who, 'addresses', barred, 'channel', way, 'onceKey', key_once), said_at);
    insert into audit (seq, at, actor, action, subject, campaign_id, facts, previous, hash)
    values (0, greatest(said_at, now()), by_whom, 'person-prohibited', who, from_campaign, jsonb_build_object('channel', way), '', '');
  end if;
  return fresh;
end $$;

-- Correction (GDPR Art. 16) ------------------------------------------------------------------------------------------------

-- What a field held before it was corrected: a file that still says so does not undo the correction.
create table correction (
  id bigint generated always as identity primary key,
  person_id uuid not null references person (id) on delete cascade,
  field text not null check (field in ('first_name', 'last_name', 'title', 'phone', 'email')),
  was text,
  at timestamptz(6) not null,
  actor text not null
);
create unique index correction_once on correction (person_id, field, was) nulls not distinct;

-- What the tool holds of this recipient is not right any more, whoever corrected it here: they leave the tool (GDPR Art. 19).
alter table recipient add column outdated boolean not null default false;

create function outdate_recipients() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update recipient r set outdated = true
  from changed_from o join changed_to n on n.id = o.id
  where r.person_id = n.id and r.state in ('accepted', 'intended', 'unknown') and not r.outdated
    and (o.first_name, o.last_name, lower(o.email)) is distinct from (n.first_name, n.last_name, lower(n.email));
  return null;
end $$;
create trigger outdate after update on person referencing old table as changed_from new table as changed_to
  for each statement execute function outdate_recipients();

create or replace function recipients_now_barred(barred_campaign uuid, barred_at timestamptz)
returns table (recipient_id bigint) language sql stable security definer set search_path = public as $$
  select r.id
  from recipient r
  left join eligibility(barred_at) e on e.person_id = r.person_id
  where r.campaign_id = barred_campaign and r.state in ('accepted', 'intended', 'unknown')
    and (r.outdated or r.person_id is null or e.person_id is null
      or e.because in ('ERASED', 'PROHIBITED', 'ORGANISATION_PROHIBITED', 'RESTRICTED'))
$$;

-- Restriction (GDPR Art. 18) -----------------------------------------------------------------------------------------------

alter table person add column restricted_for text
  check (restricted_for in ('accuracy-contested', 'unlawful', 'needed-for-claims', 'objection-pending'));

-- The locks of whoever changes what a campaign may do with a person: the campaign before the person, as `prohibit`, the claim
-- and the gate take them (I2). Returns whether there is such a person.
create function hold_person(who uuid) returns boolean language plpgsql security definer set search_path = public as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('lupa prohibition'));
  perform from campaign c
    where c.state in ('opened', 'disclosed', 'halted') and c.id in (select r.campaign_id from recipient r where r.person_id = who)
    order by c.id for share;
  perform from person p where p.id = who for update;
  return found;
end $$;

-- Erasure (GDPR Art. 17, R-12) ---------------------------------------------------------------------------------------------

-- However a person leaves the register, what names them where no foreign key reaches goes too.
create function forget_person() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update feedback f set evidence = null, reason = null
    where num_nonnulls(f.evidence, f.reason) > 0
      and (f.person_id = old.id or f.recipient_id in (select r.id from recipient r where r.person_id = old.id));
  delete from import_change c where c.what = 'activity' and c.row_id in (select a.id::text from activity a where a.person_id = old.id);
  delete from import_change c where c.what = 'person' and c.row_id = old.id::text;
  return old;
end $$;
create trigger forget before delete on person for each row execute function forget_person();

create index import_change_row on import_change (what, row_id);
create index feedback_recipient on feedback (recipient_id);
create index audit_subject on audit (subject) where subject is not null;
create index ledger_outbox_subject on ledger_outbox ((entry ->> 'subject'));
create index sign_up_address on sign_up using gin (address_hashes) where address_hashes is not null;

-- Removes a person with all that is theirs, and leaves the tombstone: keyed hashes of the addresses and of the records. The
-- outside ledger has it by now. Campaigns keep a recipient without a person: feedback still finds the address, and whoever
-- is in the tool leaves it. Repeats are harmless; returns whether there was such a person.
create function erase_person(
  who uuid, said_at timestamptz, by_whom text, why text, addresses text[], records text[], opted_out boolean
) returns boolean language plpgsql security definer set search_path = public as $$
declare known boolean;
begin
  known := hold_person(who);
  insert into suppression as s (address_hash, kind, at)
  select distinct hash, 'erased', said_at from unnest(addresses || records) hash order by hash
  on conflict (address_hash, kind) do update set at = excluded.at where s.at < excluded.at;
  if opted_out then
    insert into suppression as s (address_hash, kind, at)
    select distinct hash, 'opted-out', said_at from unnest(addresses) hash order by hash
    on conflict (address_hash, kind) do update set at = excluded.at where s.lifted_at > s.at;
  end if;
  if not known then return false; end if;
  delete from sign_up s where s.confirmed_at is null and s.address_hashes && addresses;
  delete from ledger_outbox o where o.entry ->> 'subject' = who::text and o.written_at is not null;
  perform set_config('lupa.removing_people', 'on', true);
  delete from person p where p.id = who;
  perform set_config('lupa.removing_people', 'off', true);
  insert into audit (seq, at, actor, action, subject, facts, previous, hash)
  values (0, greatest(said_at, now()), by_whom, 'person-erased', who, jsonb_build_object('because', why, 'optedOut', opted_out), '', '');
  return true;
end $$;

-- A worker applies what it finds in the outside ledger and not in the database.
grant execute on function erase_person to lupa_worker;
