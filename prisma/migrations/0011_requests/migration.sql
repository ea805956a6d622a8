-- Requests of people about their data (R-55, GDPR Art. 12): opened when they arrive, answered within a calendar month of Helsinki.

-- `notes` are the operator's own words; they go with the person. What stays is evidence without personal data.
create table request (
  id bigint generated always as identity primary key,
  person_id uuid references person (id) on delete set null,
  kind text not null check (kind in ('access', 'correction', 'erasure', 'restriction', 'objection', 'portability', 'consent-withdrawal')),
  channel text not null check (channel in ('mail', 'phone', 'letter', 'in-person', 'form')),
  received_at timestamptz(6) not null,
  opened_at timestamptz(6) not null,
  opened_by text not null,
  identified_at timestamptz(6),
  identified_by text check (identified_by in ('known-address', 'called-back', 'in-person', 'document')),
  extended_at timestamptz(6),
  extended_because text check (extended_because in ('complex', 'many-requests')),
  closed_at timestamptz(6),
  closed_by text,
  outcome text check (outcome in ('answered', 'refused', 'withdrawn', 'not-identified', 'nothing-held')),
  refused_because text check (refused_because in ('manifestly-unfounded', 'excessive', 'obliged-to-keep', 'legal-claims', 'rights-of-others')),
  complaint_told boolean not null default false,
  notes text,
  reminded_at timestamptz(6),
  check ((identified_at is null) = (identified_by is null)),
  check ((extended_at is null) = (extended_because is null)),
  check ((closed_at is null) = (outcome is null)),
  check ((outcome is not distinct from 'refused') = (refused_because is not null)),
  -- Whoever is refused is told why and where to complain (Art. 12(4)); a no to marketing is never refused (Art. 21(3)).
  check (outcome is distinct from 'refused' or (complaint_told and kind not in ('objection', 'consent-withdrawal')))
);
create index request_person on request (person_id);
create index request_open on request (received_at) where closed_at is null;

-- Until when it must be answered: the end of the day a month after it arrived, in Helsinki's calendar, that month's last day where
-- it is shorter; two months more when extended (Art. 12(3)). The instant is the first that is too late.
create function request_due(received_at timestamptz, extended boolean) returns timestamptz language sql stable as $$
  select (date_trunc('day', received_at at time zone 'Europe/Helsinki')
    + make_interval(months => case when extended then 3 else 1 end) + interval '1 day') at time zone 'Europe/Helsinki'
$$;

-- The operator's words about a person go with the person.
create function forget_requests() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update request r set notes = null where r.person_id = old.id and r.notes is not null;
  return old;
end $$;
create trigger forget_requests before delete on person for each row execute function forget_requests();

-- A worker reminds of what is due.
grant select (id, kind, received_at, extended_at, closed_at, reminded_at) on request to lupa_worker;
grant update (reminded_at) on request to lupa_worker;
grant execute on function request_due to lupa_worker;
