-- The register: tables and their checks. Times are UTC; text codes are closed lists checked here and typed in src/domain.

create table installation (
  id uuid primary key default gen_random_uuid(),
  only_one boolean not null default true unique check (only_one),
  created_at timestamptz(6) not null default now()
);
insert into installation default values;

-- Check values of the key ring: a key that any hash needs and that is missing is a refusal to start.
create table secret_key (
  id text primary key,
  check_value text not null,
  first_used_at timestamptz(6) not null default now()
);

create table worker_process (
  id uuid primary key,
  started_at timestamptz(6) not null,
  seen_at timestamptz(6) not null
);

create table import (
  id uuid primary key default gen_random_uuid(),
  format text not null check (format in ('accdb', 'mdb', 'csv', 'xlsx')),
  sha256 text not null,
  mapping text not null,
  actor text not null,
  started_at timestamptz(6) not null,
  finished_at timestamptz(6),
  undone_at timestamptz(6),
  counts jsonb,
  dropped_columns text[] not null default '{}'
);

create table organisation (
  id uuid primary key default gen_random_uuid(),
  register text not null,
  key text not null,
  name text not null,
  business_id text,
  street text,
  postal_code text,
  city text,
  country text,
  website text,
  phone text,
  added_at timestamptz(6),
  prohibited_at timestamptz(6),
  prohibition_evidence text,
  created_at timestamptz(6) not null default now(),
  updated_at timestamptz(6) not null default now(),
  unique (register, key)
);

create table prohibited_domain (
  domain text primary key,
  at timestamptz(6) not null,
  evidence text not null,
  actor text not null
);

create table person (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid references organisation (id),
  register text not null,
  key text not null,
  first_name text not null,
  last_name text not null,
  title text,
  phone text,
  email text,
  email_nature text check (email_nature in ('work', 'role', 'private')),
  email_doubtful boolean not null default false,
  address_hashes text[] not null default '{}',
  domain text,
  relations text[] not null default '{}',
  tags text[] not null default '{}',
  added_at timestamptz(6),
  changed_at timestamptz(6),
  verified_at timestamptz(6),
  kept_from timestamptz(6) not null,
  permission text not null default 'unknown' check (permission in ('permission', 'prohibition', 'unknown')),
  permission_at timestamptz(6),
  under_review boolean not null default false,
  file_says text check (file_says in ('permission', 'prohibition', 'both', 'unknown')),
  bounced_at timestamptz(6),
  soft_bounces integer not null default 0,
  feedback_unknown boolean not null default false,
  restricted_at timestamptz(6),
  created_at timestamptz(6) not null default now(),
  updated_at timestamptz(6) not null default now(),
  unique (register, key),
  check ((email is null) = (email_nature is null)),
  check (email is null or cardinality(address_hashes) > 0)
);
create index person_organisation on person (organisation_id);
create index person_address on person using gin (address_hashes);

-- How and why a person or an organisation came to be here (R-33 … R-46).
create table collection (
  id bigint generated always as identity primary key,
  person_id uuid references person (id) on delete cascade,
  organisation_id uuid references organisation (id) on delete cascade,
  source text not null,
  ground text,
  source_text text,
  proof text,
  collected_at timestamptz(6),
  notice_version text,
  informed_at timestamptz(6),
  import_id uuid references import (id),
  recorded_at timestamptz(6) not null default now(),
  check (num_nonnulls(person_id, organisation_id) = 1)
);
create unique index collection_once on collection (person_id, organisation_id, source, ground, source_text) nulls not distinct;
create index collection_organisation on collection (organisation_id);

create table campaign (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  subject text not null,
  from_name text not null,
  from_email text not null,
  tool text not null,
  language text not null check (language in ('fi', 'en')),
  content_kind text not null check (content_kind in ('html', 'template', 'draft')),
  content_ref text,
  html text,
  asked_relations text[] not null default '{}',
  asked_tags text[] not null default '{}',
  send_at timestamptz(6),
  settle_seconds integer not null check (settle_seconds between 0 and 1209600),
  state text not null default 'draft' check (state in ('draft', 'approved', 'selected', 'opened', 'disclosed', 'sending', 'sent', 'withdrawing', 'withdrawn', 'closed', 'halted')),
  because text check (because in ('settled', 'cancelled', 'operator', 'deadline')),
  outcome text check (outcome in ('sent', 'cancelled')),
  resume_to text,
  halted_because text,
  waiting_for text,
  cancel_wanted boolean not null default false,
  people integer not null default 0,
  batches integer not null default 0,
  tool_account_id text,
  audience_id text,
  tool_campaign_id text,
  sent_count integer,
  created_at timestamptz(6) not null,
  approved_at timestamptz(6),
  selected_at timestamptz(6),
  opened_at timestamptz(6),
  first_disclosed_at timestamptz(6),
  disclosed_at timestamptz(6),
  gate_started_at timestamptz(6),
  sending_at timestamptz(6),
  send_attempted_at timestamptz(6),
  sent_at timestamptz(6),
  settle_until timestamptz(6),
  last_read_at timestamptz(6),
  withdrawal_started_at timestamptz(6),
  emptied_at timestamptz(6),
  withdrawn_at timestamptz(6),
  closed_at timestamptz(6),
  deadline timestamptz(6),
  feedback_unknown boolean not null default false,
  verification jsonb,
  shell text not null default 'none' check (shell in ('none', 'pending', 'deleted')),
  shell_not_before timestamptz(6),
  shell_deleted_at timestamptz(6),
  tool_campaign_left boolean not null default false
);
create index campaign_open on campaign (state) where state <> 'closed';
create index campaign_shell on campaign (shell) where shell = 'pending';

create table campaign_event (
  id bigint generated always as identity primary key,
  campaign_id uuid not null references campaign (id),
  type text not null,
  at timestamptz(6) not null,
  actor text not null,
  facts jsonb not null default '{}'
);
create index campaign_event_campaign on campaign_event (campaign_id, id);

-- The append-only ledger of permissions. Nothing here is ever changed; erasure alone removes a person's entries.
create table permission_entry (
  id bigint generated always as identity primary key,
  person_id uuid not null references person (id) on delete cascade,
  says text not null check (says in ('permission', 'prohibition', 'unknown')),
  at timestamptz(6) not null,
  recorded_at timestamptz(6) not null default now(),
  channel text not null,
  actor text not null,
  source text,
  wording text,
  evidence text,
  usable boolean not null default true,
  personal boolean not null default false,
  once_key text not null unique,
  campaign_id uuid references campaign (id),
  import_id uuid references import (id)
);
create index permission_entry_person on permission_entry (person_id);

-- What the company did with a person or an organisation (R-54). Never leaves the register.
create table activity (
  id bigint generated always as identity primary key,
  register text not null,
  source_table text not null,
  key text not null,
  person_id uuid references person (id) on delete cascade,
  organisation_id uuid references organisation (id) on delete cascade,
  kind text not null,
  at timestamptz(6),
  ended_at timestamptz(6),
  title text,
  text text,
  quantity numeric(12, 3),
  price numeric(14, 4),
  import_id uuid references import (id),
  unique (register, source_table, key)
);
create index activity_person on activity (person_id);
create index activity_organisation on activity (organisation_id);

-- Confidential text about a person (R-30), encrypted row by row; read by no worker.
create table note (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null references person (id) on delete cascade,
  key_id text not null,
  sealed bytea not null,
  digest text not null,
  noted_at timestamptz(6) not null,
  import_id uuid references import (id),
  unique (person_id, digest)
);

create table review_item (
  id bigint generated always as identity primary key,
  code text not null,
  person_id uuid references person (id) on delete cascade,
  import_id uuid references import (id),
  place text,
  detail text,
  created_at timestamptz(6) not null,
  resolved_at timestamptz(6),
  resolved_by text,
  resolution text,
  once_key text not null unique
);
create index review_item_open on review_item (id) where resolved_at is null;
create index review_item_person on review_item (person_id);

-- What one import did to each row, so that it can be undone while nothing depends on it.
create table import_change (
  import_id uuid not null references import (id) on delete cascade,
  what text not null check (what in ('person', 'organisation', 'activity')),
  row_id text not null,
  before jsonb,
  primary key (import_id, what, row_id)
);

create table recipient (
  id bigint generated always as identity primary key,
  campaign_id uuid not null references campaign (id),
  person_id uuid references person (id) on delete set null,
  state text not null check (state in ('excluded', 'selected', 'dropped', 'intended', 'accepted', 'refused', 'unknown', 'removed')),
  because text,
  batch integer,
  address_hash text,
  disclosed boolean not null default false,
  intended_at timestamptz(6),
  settled_at timestamptz(6),
  seen_at timestamptz(6),
  removed_at timestamptz(6),
  sent boolean not null default false,
  unique (campaign_id, person_id)
);
create index recipient_batch on recipient (campaign_id, batch) where batch is not null;
create index recipient_open on recipient (campaign_id, batch) where state in ('selected', 'intended');
create index recipient_address on recipient (campaign_id, address_hash) where address_hash is not null;
create index recipient_person on recipient (person_id);

-- Every id the tool gave for a recipient, as a keyed hash: what an opt-out link will bring back.
create table recipient_tool_id (
  campaign_id uuid not null references campaign (id),
  hash text not null,
  recipient_id bigint not null references recipient (id) on delete cascade,
  primary key (campaign_id, hash)
);
create index recipient_tool_id_recipient on recipient_tool_id (recipient_id);

create table feedback (
  id bigint generated always as identity primary key,
  campaign_id uuid references campaign (id),
  recipient_id bigint references recipient (id) on delete set null,
  person_id uuid references person (id) on delete set null,
  kind text not null check (kind in ('opted-out', 'complained', 'bounced-hard', 'bounced-soft', 'address-changed')),
  source text not null check (source in ('webhook', 'people', 'report', 'opt-out-page', 'operator', 'sweep')),
  channel text,
  reason text,
  evidence text,
  address_hash text,
  at timestamptz(6) not null,
  received_at timestamptz(6) not null,
  applied_at timestamptz(6),
  effect text,
  once_key text not null unique
);
create index feedback_waiting on feedback (id) where applied_at is null;
create index feedback_campaign on feedback (campaign_id);
create index feedback_person on feedback (person_id);

-- Keyed hashes of addresses that may not be mailed (opt-out) or may not come back (tombstone). Effective unless lifted later.
create table suppression (
  address_hash text primary key,
  kind text not null check (kind in ('opted-out', 'erased')),
  at timestamptz(6) not null,
  lifted_at timestamptz(6)
);

create table retention_lifetime (
  category text primary key,
  days integer not null check (days > 0)
);

create table tool_account (
  tool text primary key,
  account_id text,
  name text,
  plan text,
  checked_at timestamptz(6) not null,
  problem text
);

create table certificate (
  campaign_id uuid primary key references campaign (id),
  body jsonb not null,
  sha256 text not null,
  written_at timestamptz(6) not null
);

create table audit (
  seq bigint primary key,
  at timestamptz(6) not null,
  actor text not null,
  action text not null,
  subject uuid,
  campaign_id uuid,
  facts jsonb not null default '{}',
  previous text not null,
  hash text not null
);

-- Opt-outs and erasures on their way to the outside ledger, and how far each of its files has been written and replayed.
create table ledger_outbox (
  id bigint generated always as identity primary key,
  entry jsonb not null,
  created_at timestamptz(6) not null,
  written_at timestamptz(6)
);
create index ledger_outbox_waiting on ledger_outbox (id) where written_at is null;

create table ledger_position (
  writer text primary key,
  seq bigint not null
);
