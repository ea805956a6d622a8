-- The console's accounts, their sessions and the one-time codes that open the door before there is a password.

create table account (
  id uuid primary key default gen_random_uuid(),
  name text not null check (name ~ '^[a-z0-9åäö][a-z0-9åäö._-]{1,39}$'),
  role text not null check (role in ('owner', 'viewer')),
  password_hash text,
  totp_key_id text,
  totp_sealed bytea,
  totp_confirmed_at timestamptz(6),
  -- The last 30-second step whose code was used: a code that was seen over a shoulder is not taken again.
  totp_step bigint not null default 0,
  recovery_hashes text[] not null default '{}',
  failures integer not null default 0,
  failing_since timestamptz(6),
  created_at timestamptz(6) not null,
  check ((totp_key_id is null) = (totp_sealed is null))
);
create unique index account_name on account (name);

-- The cookie holds a random token; here is its SHA-256 only. `enrolling` may choose a password and nothing else.
create table console_session (
  id uuid primary key default gen_random_uuid(),
  token_hash text not null unique,
  account_id uuid not null references account (id) on delete cascade,
  enrolling boolean not null default false,
  begun_at timestamptz(6) not null,
  seen_at timestamptz(6) not null,
  ended_at timestamptz(6)
);
create index console_session_account on console_session (account_id);

-- A code for one use: to choose a password (`enters` false), or to come in at once (the demo).
create table account_code (
  hash text primary key,
  account_id uuid not null references account (id) on delete cascade,
  enters boolean not null default false,
  expires_at timestamptz(6) not null,
  used_at timestamptz(6)
);

-- The login page decides before anybody is known: it makes no account, gives no role and writes no code.
grant select on account, account_code to lupa_web;
grant update (password_hash, totp_key_id, totp_sealed, totp_confirmed_at, totp_step, recovery_hashes, failures, failing_since)
  on account to lupa_web;
grant update (used_at) on account_code to lupa_web;
grant select, insert, update (seen_at, ended_at) on console_session to lupa_web;

-- Sessions that ended a week ago, and codes that are past: nobody needs them.
create function forget_sessions(now_is timestamptz)
returns bigint language sql security definer set search_path = public as $$
  with codes as (delete from account_code where expires_at <= now_is - interval '7 days'),
    gone as (delete from console_session where seen_at <= now_is - interval '7 days' returning id)
  select count(*) from gone
$$;
grant execute on function forget_sessions to lupa_web;
