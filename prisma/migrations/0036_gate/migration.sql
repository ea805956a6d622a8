-- Whoever is not eligible any more when the campaign is about to be sent is not mailed, whatever the reason: a permission whose source was
-- taken back, a lifetime that is over, feedback that nobody could read. Once it was sent, those leave who must not wait for the withdrawal.
create or replace function recipients_now_barred(barred_campaign uuid, barred_at timestamptz)
returns table (recipient_id bigint) language sql stable security definer set search_path = public as $$
  select r.id
  from recipient r
  join campaign c on c.id = r.campaign_id
  left join eligibility(barred_at) e on e.person_id = r.person_id
  where r.campaign_id = barred_campaign and r.state in ('accepted', 'intended', 'unknown')
    and (r.outdated or r.person_id is null or e.person_id is null
      or c.sent_at is null and e.because is not null
      or e.because in ('ERASED', 'PROHIBITED', 'ORGANISATION_PROHIBITED', 'RESTRICTED')
      or exists (
        select from suppression s
        where (s.lifted_at is null or s.lifted_at <= s.at)
          and s.address_hash in (select r.address_hash union all
            select a.hash from recipient_alias a where a.recipient_id = r.id)))
$$;
