-- A preview of what is due asks once who is spared, not once for each of a hundred thousand rows. One rule for everybody and for one.

-- Everybody who stays although they are past their lifetime, each with the first reason that applies.
create function spared_people(now_is timestamptz) returns table (who uuid, because text) language sql stable as $$
  select distinct on (found.who) found.who, found.because
  from (
    select h.person_id as who, 1 as place, 'held' as because from retention_hold h
      where h.ended_at is null and h.until > spared_people.now_is
    union all
    select p.id, 2, 'restricted' from person p where p.restricted_at is not null
    union all
    select q.person_id, 3, 'request-open' from request q where q.closed_at is null and q.person_id is not null
    union all
    select r.person_id, 4, 'in-campaign' from campaign c join recipient r on r.campaign_id = c.id
      where c.state <> 'closed' and r.state in ('selected', 'intended', 'accepted', 'unknown') and r.person_id is not null
  ) found
  order by found.who, found.place
$$;

create or replace function spared_because(who uuid, now_is timestamptz) returns text language sql stable security definer set search_path = public as $$
  select s.because from spared_people(spared_because.now_is) s where s.who = spared_because.who
$$;

create or replace function retention_due(what text, days integer, now_is timestamptz)
returns table (row_id text, person_id uuid, due_at timestamptz, spared text)
language plpgsql stable security definer set search_path = public as $$
declare kept interval := make_interval(days => days);
begin
  if what = 'person' then
    return query select p.id::text, p.id, p.kept_from + kept, s.because
      from person p left join spared_people(now_is) s on s.who = p.id
      where p.kept_from + kept < now_is;
  elsif what = 'activity' then
    return query select a.id::text, a.person_id, began.at + kept, s.because
      from activity a left join import i on i.id = a.import_id
      cross join lateral (select coalesce(greatest(a.at, a.ended_at), i.started_at) as at) began
      left join spared_people(now_is) s on s.who = a.person_id
      where began.at + kept < now_is;
  elsif what = 'note' then
    return query select n.id::text, n.person_id, n.noted_at + kept, s.because
      from note n left join spared_people(now_is) s on s.who = n.person_id
      where n.noted_at + kept < now_is;
  elsif what = 'campaign' then
    return query
      select 'recipient ' || r.id, r.person_id, c.closed_at + kept, s.because
      from campaign c join recipient r on r.campaign_id = c.id left join spared_people(now_is) s on s.who = r.person_id
      where c.closed_at + kept < now_is and not r.disclosed and r.state in ('excluded', 'dropped')
      union all
      select 'feedback ' || f.id, f.person_id, c.closed_at + kept, s.because
      from campaign c join feedback f on f.campaign_id = c.id left join spared_people(now_is) s on s.who = f.person_id
      where c.closed_at + kept < now_is and f.applied_at is not null and num_nonnulls(f.evidence, f.reason) > 0;
  elsif what = 'request' then
    return query select q.id::text, q.person_id, q.closed_at + kept, s.because
      from request q left join spared_people(now_is) s on s.who = q.person_id
      where q.closed_at + kept < now_is;
  else
    raise exception 'there is no data category %', what using errcode = 'invalid_parameter_value';
  end if;
end $$;
