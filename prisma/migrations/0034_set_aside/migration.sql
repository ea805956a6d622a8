-- What cannot go through and stops nobody else: a job, a piece of feedback, a delivery of a webhook. Who tries it again, by itself
-- every minute or at an operator's word, takes it from here once it went through.

create table set_aside (
  id bigint generated always as identity primary key,
  what text not null check (what in ('job', 'feedback', 'delivery')),
  key text not null,
  -- Ids only, as the catalogue of jobs has them; null where nothing can be tried again.
  job text,
  payload jsonb,
  campaign_id uuid references campaign (id),
  because text not null,
  first_at timestamptz(6) not null,
  last_at timestamptz(6) not null,
  tries integer not null default 1,
  not_before timestamptz(6) not null,
  unique (what, key),
  check ((job is null) = (payload is null))
);

grant select, insert, update, delete on set_aside to lupa_sync, lupa_worker;
grant select on set_aside to lupa_web;
