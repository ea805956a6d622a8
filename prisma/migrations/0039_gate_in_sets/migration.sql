-- Whoever may not be mailed any more, as before, but each ground is looked for in all recipients at once instead of in one after the other.
create or replace function recipients_now_barred(barred_campaign uuid, barred_at timestamptz)
returns table (recipient_id bigint) language sql stable security definer set search_path = public as $$
  with held as (
    select r.id, r.person_id, r.address_hash, r.outdated from recipient r
    where r.campaign_id = barred_campaign and r.state in ('accepted', 'intended', 'unknown')
  ),
  suppressed as (select s.address_hash from suppression s where s.lifted_at is null or s.lifted_at <= s.at)
  -- Once it was sent, those leave who must not wait for the withdrawal.
  select h.id from held h
  join campaign c on c.id = barred_campaign
  left join eligibility(barred_at) e on e.person_id = h.person_id
  where h.outdated or h.person_id is null or e.person_id is null
    or c.sent_at is null and e.because is not null
    or e.because in ('ERASED', 'PROHIBITED', 'ORGANISATION_PROHIBITED', 'RESTRICTED')
  union
  -- The address that was disclosed, and every other one the recipient has taken in the tool since.
  select h.id from held h join suppressed s on s.address_hash = h.address_hash
  union
  select h.id from recipient_alias a join suppressed s on s.address_hash = a.hash join held h on h.id = a.recipient_id
$$;

-- When everybody has been handed over the planner has to know how many there are, or the gate takes them for a handful.
create function analyze_recipients() returns void language plpgsql security definer set search_path = public as $$
begin
  analyze recipient;
end $$;
grant execute on function analyze_recipients to lupa_sync;
