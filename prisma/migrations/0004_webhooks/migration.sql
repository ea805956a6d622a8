-- The tool's webhooks: where it may tell us at once, what it told, and the addresses people changed to meanwhile.

-- One webhook of one audience. The secret of its URL is kept as a keyed hash only; the tool's signing secret is sealed with the
-- key ring. Written before the tool is asked; `made_at` says that its answer was read back.
create table webhook (
  id uuid primary key default gen_random_uuid(),
  campaign_id uuid not null references campaign (id),
  audience_id text not null,
  secret_hash text not null unique,
  tool_webhook_id text,
  key_id text,
  sealed bytea,
  begun_at timestamptz(6) not null,
  made_at timestamptz(6),
  checked_at timestamptz(6),
  problem text,
  replaced_at timestamptz(6),
  replaced_because text check (replaced_because in ('missing', 'changed', 'silent')),
  check ((key_id is null) = (sealed is null)),
  check ((replaced_at is null) = (replaced_because is null))
);
create unique index webhook_in_use on webhook (campaign_id) where replaced_at is null;

-- What was told, reduced before it is written: no address, no name. The hashes are emptied once they have named a recipient.
create table webhook_delivery (
  id bigint generated always as identity primary key,
  webhook_id uuid not null references webhook (id),
  kind text not null check (kind in ('opted-out', 'complained', 'bounced-hard', 'address-changed', 'changed', 'sent', 'other')),
  echo boolean not null default false,
  reason text,
  tool_campaign_id text,
  tool_id_hashes text[] not null default '{}',
  address_hashes text[] not null default '{}',
  at timestamptz(6) not null,
  received_at timestamptz(6) not null,
  applied_at timestamptz(6),
  effect text check (effect in ('believed', 'noted', 'echo', 'hint', 'nobody-of-ours', 'several')),
  once_key text not null,
  unique (webhook_id, once_key)
);
create index webhook_delivery_waiting on webhook_delivery (id) where applied_at is null;

-- Another address of a recipient: they changed it in the tool after we disclosed them. Keyed hashes.
create table recipient_alias (
  campaign_id uuid not null references campaign (id),
  hash text not null,
  recipient_id bigint not null references recipient (id) on delete cascade,
  primary key (campaign_id, hash)
);
create index recipient_alias_recipient on recipient_alias (recipient_id);

-- Whoever says no says it for the addresses they changed to as well. The lock is the one that prohibitions share; whoever writes
-- an alias holds it alone, so that each of the two sees the other.
alter function prohibit(uuid, timestamptz, text, text, text, text, text[], uuid, uuid) rename to prohibit_addresses;
revoke execute on function prohibit_addresses from lupa_web, lupa_worker;
create function prohibit(
  who uuid, said_at timestamptz, way text, by_whom text, proof text, key_once text, addresses text[], from_campaign uuid, from_import uuid
) returns boolean language plpgsql security definer set search_path = public as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('lupa prohibition'));
  return prohibit_addresses(who, said_at, way, by_whom, proof, key_once,
    array(select unnest(coalesce(addresses, '{}'))
          union
          select a.hash from recipient_alias a join recipient r on r.id = a.recipient_id
          where r.person_id = who or r.address_hash = any (coalesce(addresses, '{}'))),
    from_campaign, from_import);
end $$;
grant execute on function prohibit to lupa_web, lupa_worker;

-- lupa_sync makes webhooks and looks whether they speak.
grant select (id, campaign_id, audience_id, secret_hash, tool_webhook_id, begun_at, made_at, checked_at, problem, replaced_at) on webhook to lupa_sync;
grant insert, update on webhook to lupa_sync;
grant select (id, webhook_id, kind, at, received_at) on webhook_delivery to lupa_sync;
grant select on recipient_alias to lupa_sync;

-- lupa_worker applies what was told.
grant select (id, campaign_id, audience_id, made_at, checked_at, problem, replaced_at) on webhook to lupa_worker;
grant select, update on webhook_delivery to lupa_worker;
grant select, insert on recipient_alias to lupa_worker;

-- lupa_web receives: finds the webhook of a secret, and writes. It reads no hash back.
grant select (id, campaign_id, audience_id, secret_hash, key_id, sealed, made_at, problem, replaced_at) on webhook to lupa_web;
grant insert on webhook_delivery to lupa_web;
grant select (id, webhook_id, kind, at, received_at, applied_at, effect) on webhook_delivery to lupa_web;
