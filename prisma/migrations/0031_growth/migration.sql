-- What a campaign costs grows with its people and with nothing else.

-- A claim is about 500 people: it never reads a whole table, whatever the planner thinks of indexes. All else is as it was.
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
                   and r.state in ('selected', 'intended'))
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
  ) left_out
  where r.id = left_out.id and left_out.because is not null;

  -- An intent that is claimed again is a new attempt: from now on the tool may act on it.
  update recipient r set state = 'intended', intended_at = claimed_at, disclosed = true
  where r.campaign_id = claimed_campaign and r.batch = claimed_batch and r.state in ('selected', 'intended');

  if found then
    update campaign c set first_disclosed_at = claimed_at, deadline = claimed_at + interval '24 hours'
    where c.id = claimed_campaign and c.first_disclosed_at is null;
  end if;

  return query
    select r.id, p.email, p.first_name, p.last_name
    from recipient r join person p on p.id = r.person_id
    where r.campaign_id = claimed_campaign and r.batch = claimed_batch and r.state = 'intended'
    order by r.id;
end $$;

-- What is still open of a batch has an index of its own; nothing asks for the rest of it.
drop index recipient_batch;
-- A tool's id belongs to a recipient, who belongs to a campaign: one check a row is enough.
alter table recipient_tool_id drop constraint recipient_tool_id_campaign_id_fkey;
-- A row is written five times in its life: with room beside it, it stays where it is when no index is about what changed.
alter table recipient set (fillfactor = 70);
