-- How long data are kept (R-19 … R-21): what is past its lifetime, what is spared and why, and its deletion, with evidence that
-- names nobody.

-- A documented reason to keep a person past their lifetime. It stops deletion and nothing else: it allows no mail.
create table retention_hold (
  id bigint generated always as identity primary key,
  person_id uuid not null references person (id) on delete cascade,
  reason text not null check (reason in ('LAW', 'CUSTOMER_RELATIONSHIP', 'COOPERATION_CONTINUES')),
  text text not null check (btrim(text) <> ''),
  until timestamptz(6) not null,
  placed_at timestamptz(6) not null,
  placed_by text not null,
  ended_at timestamptz(6),
  check (until > placed_at)
);
create index person_kept_from on person (kept_from);
create index retention_hold_person on retention_hold (person_id) where ended_at is null;

-- What was deleted when, in figures.
create table retention_run (
  id bigint generated always as identity primary key,
  category text not null check (category in ('person', 'activity', 'note', 'campaign', 'request')),
  mode text not null check (mode in ('automatic', 'routine')),
  days integer not null,
  ran_at timestamptz(6) not null,
  actor text not null,
  deleted integer not null
);

-- Why a person who is past their lifetime stays for now; null when nothing stands against deletion.
create function spared_because(who uuid, now_is timestamptz) returns text language sql stable security definer set search_path = public as $$
  select case
    when exists (select from retention_hold h where h.person_id = who and h.ended_at is null and h.until > now_is) then 'held'
    when exists (select from person p where p.id = who and p.restricted_at is not null) then 'restricted'
    when exists (select from request q where q.person_id = who and q.closed_at is null) then 'request-open'
    when exists (select from recipient r join campaign c on c.id = r.campaign_id
      where r.person_id = who and c.state <> 'closed' and r.state in ('selected', 'intended', 'accepted', 'unknown')) then 'in-campaign'
  end
$$;

-- Rows past a lifetime of so many days: each with when it was over, and why it is spared. Of a campaign these are the people who
-- were left out of it and what its feedback said in words; who was disclosed stays findable, so that their way out works for ever.
create function retention_due(what text, days integer, now_is timestamptz)
returns table (row_id text, person_id uuid, due_at timestamptz, spared text)
language plpgsql stable security definer set search_path = public as $$
declare kept interval := make_interval(days => days);
begin
  if what = 'person' then
    return query select p.id::text, p.id, p.kept_from + kept, spared_because(p.id, now_is) from person p where p.kept_from + kept < now_is;
  elsif what = 'activity' then
    return query select a.id::text, a.person_id, began.at + kept, spared_because(a.person_id, now_is)
      from activity a left join import i on i.id = a.import_id
      cross join lateral (select coalesce(greatest(a.at, a.ended_at), i.started_at) as at) began
      where began.at + kept < now_is;
  elsif what = 'note' then
    return query select n.id::text, n.person_id, n.noted_at + kept, spared_because(n.person_id, now_is) from note n where n.noted_at + kept < now_is;
  elsif what = 'campaign' then
    return query
      select 'recipient ' || r.id, r.person_id, c.closed_at + kept, spared_because(r.person_id, now_is)
      from campaign c join recipient r on r.campaign_id = c.id
      where c.closed_at + kept < now_is and not r.disclosed and r.state in ('excluded', 'dropped')
      union all
      select 'feedback ' || f.id, f.person_id, c.closed_at + kept, spared_because(f.person_id, now_is)
      from campaign c join feedback f on f.campaign_id = c.id
      where c.closed_at + kept < now_is and f.applied_at is not null and num_nonnulls(f.evidence, f.reason) > 0;
  elsif what = 'request' then
    return query select q.id::text, q.person_id, q.closed_at + kept, spared_because(q.person_id, now_is)
      from request q where q.closed_at + kept < now_is;
  else
    raise exception 'there is no data category %', what using errcode = 'invalid_parameter_value';
  end if;
end $$;

-- Deletes at most so many of the rows that are due and not spared; returns how many. A person goes as in an erasure, but leaves no
-- tombstone: they may come back one day as somebody new. Their no stands.
create function expire_rows(what text, days integer, now_is timestamptz, by_whom text, most integer)
returns integer language plpgsql security definer set search_path = public as $$
declare
  chosen text[];
  one uuid;
  gone integer := 0;
begin
  if what = 'person' then
    -- By the index, so that a page costs a page however many are due; the day more is for the hour that summer time takes.
    select array(select p.id::text from person p
      where p.kept_from < now_is - make_interval(days => days) + interval '1 day' and p.kept_from + make_interval(days => days) < now_is
        and spared_because(p.id, now_is) is null
      order by p.kept_from limit most) into chosen;
    perform set_config('lupa.removing_people', 'on', true);
    foreach one in array chosen::uuid[] loop
      perform hold_person(one);
      -- Asked again now that nobody can change it.
      continue when not exists (select from person p where p.id = one and p.kept_from + make_interval(days => days) < now_is)
        or spared_because(one, now_is) is not null;
      insert into suppression as s (address_hash, kind, at)
      select hash, 'opted-out', coalesce(p.permission_at, now_is) from person p, unnest(p.address_hashes) hash
        where p.id = one and p.permission = 'prohibition' order by hash
      on conflict (address_hash, kind) do update set at = greatest(excluded.at, s.lifted_at) where s.lifted_at > s.at;
      delete from ledger_outbox o where o.entry ->> 'subject' = one::text and o.written_at is not null;
      delete from person p where p.id = one;
      gone := gone + 1;
    end loop;
    perform set_config('lupa.removing_people', 'off', true);
    return gone;
  end if;
  select array(select due.row_id from retention_due(what, days, now_is) due where due.spared is null limit most) into chosen;
  if what = 'activity' then
    delete from import_change c where c.what = 'activity' and c.row_id = any (chosen);
    delete from activity a where a.id = any (chosen::bigint[]);
  elsif what = 'note' then
    delete from note n where n.id = any (chosen::uuid[]);
  elsif what = 'request' then
    delete from request q where q.id = any (chosen::bigint[]);
  else
    delete from recipient r where r.id in (select substr(k, 11)::bigint from unnest(chosen) k where k like 'recipient %');
    update feedback f set evidence = null, reason = null
      where f.id in (select substr(k, 10)::bigint from unnest(chosen) k where k like 'feedback %');
  end if;
  return cardinality(chosen);
end $$;

-- The worker deletes by these functions and by nothing else, and writes the evidence.
grant execute on function retention_due, expire_rows to lupa_worker;
grant select, insert on retention_run to lupa_worker;
