-- The disclosure register (R-16, R-47, R-48): what was handed to whom, on what ground, who decided; written down before it happens.
-- What goes to the tool stands in recipient already; here is under which agreement.

create table disclosure (
  id bigint generated always as identity primary key,
  at timestamptz(6) not null,
  recipient text not null check (recipient <> ''),
  reason text not null check (reason in ('PROCESSOR', 'LEGAL_OBLIGATION', 'JUSTIFIED')),
  ground text not null check (ground <> ''),
  purpose text not null check (purpose <> ''),
  fields text[] not null check (cardinality(fields) > 0),
  people integer not null check (people > 0),
  decided_by text not null check (decided_by <> ''),
  actor text not null
);
create trigger append_only before update or delete on disclosure for each row execute function refuse_change();
create trigger no_truncate before truncate on disclosure for each statement execute function refuse_change();

-- Of whom. An erasure takes the line; the disclosure and its count stay.
create table disclosure_person (
  disclosure_id bigint not null references disclosure (id),
  person_id uuid not null references person (id) on delete cascade,
  primary key (disclosure_id, person_id)
);
create index disclosure_person_person on disclosure_person (person_id);

-- The tool's own entry, each time that lupa.yaml said something new about it.
create table tool_agreement (
  id bigint generated always as identity primary key,
  tool text not null,
  agreement text not null,
  agreed_on date not null,
  mechanism text not null check (mechanism in ('DPF', 'SCC')),
  checked_on date not null,
  next_check date not null,
  seen_at timestamptz(6) not null,
  unique (tool, agreement, agreed_on, mechanism, checked_on, next_check)
);
