-- A recipient's row is written five times in its life. It stays where it is, and no index is told, each time but when it is settled:
-- whoever is open is known by not being settled, and there is room for the next version on the same page.
alter table recipient set (fillfactor = 50);
alter table recipient add constraint recipient_open_is_unsettled check (settled_at is null or state not in ('selected', 'intended'));
drop index recipient_open;
-- Everybody of a campaign, and first whoever is still open, by batch.
create index recipient_campaign on recipient (campaign_id, settled_at, batch);

-- One index tells of a person in whatever campaign, and that nobody is in one twice.
create unique index recipient_person_campaign_key on recipient (person_id, campaign_id);
alter table recipient drop constraint recipient_campaign_id_person_id_key;
drop index recipient_person;

-- Who says no is looked for by address in all campaigns at once: that must not cost more with every campaign there has been.
drop index recipient_address;
create index recipient_address on recipient (address_hash, campaign_id) where address_hash is not null;

-- The claim as it was, but that it finds whoever is open by the new index. Holds the batch's people still, asks eligibility again,
-- commits the intent, returns the four columns. Asked again after a crash it returns what is still open: the caller reads the tool
-- first. It is about 500 people: it never reads a whole table, whatever the planner thinks of indexes.
create or replace function claim_batch(claimed_campaign uuid, claimed_batch integer, claimed_at timestamptz)
returns table (recipient_id bigint, email text, first_name text, last_name text)
language plpgsql security definer set search_path = public set enable_seqscan = off as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('lupa prohibition'));
  -- The first claim starts the deadline's clock and writes to the campaign; the others only hold its state still.
  if exists (select from campaign c where c.id = claimed_campaign and c.first_disclosed_at is null) then
    perform from campaign c where c.id = claimed_campaign and c.state = 'opened' for update;
  else
    perform from campaign c where c.id = claimed_campaign and c.state = 'opened' for share;
  end if;
  if not found then return; end if;
  perform from person p
    where p.id in (select r.person_id from recipient r where r.campaign_id = claimed_campaign and r.batch = claimed_batch
                   and r.state in ('selected', 'intended') and r.settled_at is null)
    order by p.id for share;

  update recipient r
  set state = case r.state when 'intended' then 'refused' else 'dropped' end,
      because = case r.state when 'intended' then 'PROHIBITED' else left_out.because end, settled_at = claimed_at
  from (
    select o.id,
      case
        when p.id is null then 'ERASED'
        when e.because is not null then e.because
        when not o.address_hash = any (p.address_hashes) then 'ADDRESS_CHANGED'
      end as because
    from recipient o
    left join person p on p.id = o.person_id
    left join eligibility(claimed_at) e on e.person_id = o.person_id
    where o.campaign_id = claimed_campaign and o.batch = claimed_batch and o.state in ('selected', 'intended')
      and o.settled_at is null
  ) left_out
  where r.id = left_out.id and left_out.because is not null;

  -- An intent that is claimed again is a new attempt: from now on the tool may act on it.
  update recipient r set state = 'intended', intended_at = claimed_at, disclosed = true
  where r.campaign_id = claimed_campaign and r.batch = claimed_batch and r.state in ('selected', 'intended')
    and r.settled_at is null;

  if found then
    update campaign c set first_disclosed_at = claimed_at, deadline = claimed_at + interval '24 hours'
    where c.id = claimed_campaign and c.first_disclosed_at is null;
  end if;

  return query
    select r.id, p.email, p.first_name, p.last_name
    from recipient r join person p on p.id = r.person_id
    where r.campaign_id = claimed_campaign and r.batch = claimed_batch and r.state = 'intended' and r.settled_at is null
    order by r.id;
end $$;
