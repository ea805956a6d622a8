-- The public pages: what the opt-out page asks besides saying no, and sign-up with double opt-in. Both act as lupa_web.

-- The opt-out page ---------------------------------------------------------------------------------------------------------

-- When the person of a link, or the address the mail went to, last said yes: a later no is another one than the one before.
create function last_yes_of(linked_recipient bigint)
returns timestamptz language sql stable security definer set search_path = public as $$
  select greatest(
    (select max(e.at) from permission_entry e where e.person_id = r.person_id and e.says = 'permission' and e.personal),
    (select max(s.lifted_at) from suppression s where s.address_hash = r.address_hash or s.address_hash in
      (select unnest(p.address_hashes) from person p where p.id = r.person_id))
  )
  from recipient r where r.id = linked_recipient
$$;
grant execute on function last_yes_of to lupa_web;

-- "This was a mistake" is a request that somebody looks at; it permits nothing.
grant insert (code, person_id, place, created_at, once_key), select (once_key) on review_item to lupa_web;

-- Sign-up ------------------------------------------------------------------------------------------------------------------

-- Somebody has asked for newsletters and has not confirmed it: at most 48 h. Confirmed, nothing of the person stays here.
create table sign_up (
  id uuid primary key default gen_random_uuid(),
  token_hash text not null unique,
  first_name text,
  last_name text,
  email text,
  email_nature text check (email_nature in ('work', 'role', 'private')),
  address_hashes text[],
  domain text,
  organisation text,
  wording text not null,
  wording_version text not null,
  notice_version text not null,
  asked_at timestamptz(6) not null,
  confirmed_at timestamptz(6),
  check (num_nonnulls(first_name, last_name, email, email_nature, address_hashes, domain)
    = case when confirmed_at is null then 6 else 0 end),
  check (confirmed_at is null or organisation is null)
);
create index sign_up_asked on sign_up (asked_at);
grant insert on sign_up to lupa_web;

-- Forgets what has waited for 48 h, and one that no confirmation could be mailed for. Return how many.
create function forget_sign_ups(now_is timestamptz)
returns bigint language sql security definer set search_path = public as $$
  with gone as (delete from sign_up where asked_at <= now_is - interval '48 hours' returning id) select count(*) from gone
$$;
create function drop_sign_up(token text)
returns bigint language sql security definer set search_path = public as $$
  with gone as (delete from sign_up where token_hash = token and confirmed_at is null returning id) select count(*) from gone
$$;

-- The organisation somebody says they work for: the one of that name, a prohibited one first, else a new one.
create function organisation_named(said text, said_at timestamptz)
returns uuid language plpgsql security definer set search_path = public as $$
declare found_id uuid;
begin
  if said is null then return null; end if;
  select o.id into found_id from organisation o where lower(o.name) = lower(said)
    order by o.prohibited_at is null, o.created_at, o.id limit 1;
  if found_id is not null then return found_id; end if;
  insert into organisation as o (register, key, name, added_at, created_at, updated_at)
  values ('join', lower(said), said, said_at, said_at, said_at)
  on conflict (register, key) do update set name = o.name
  returning o.id into found_id;
  return found_id;
end $$;

-- The second half of the double opt-in, in one transaction: the person is found by the address or made, the permission is
-- written down with its evidence, and what stood against the address before is lifted: an opt-out and a tombstone (I5, I7).
-- Answers 'confirmed', 'confirmed already', or 'unknown' for a link that is not, or no longer, ours.
create function confirm_sign_up(token text, said_at timestamptz)
returns text language plpgsql security definer set search_path = public as $$
declare
  asked sign_up;
  who uuid;
  fresh boolean := false;
  lifted text[];
begin
  select * into asked from sign_up s where s.token_hash = token and s.asked_at > said_at - interval '48 hours' for update;
  if not found then return 'unknown'; end if;
  if asked.confirmed_at is not null then return 'confirmed already'; end if;
  -- Two confirmations of one address at once make one person.
  perform pg_advisory_xact_lock(hashtext('lupa sign-up'), hashtext(asked.address_hashes[1]));

  select p.id into who from person p where p.address_hashes && asked.address_hashes
    order by lower(p.first_name) = lower(asked.first_name) and lower(p.last_name) = lower(asked.last_name) desc,
      p.added_at nulls last, p.created_at, p.id
    limit 1;
  if who is null then
    fresh := true;
    insert into person (register, key, first_name, last_name, email, email_nature, address_hashes, domain, relations,
      added_at, kept_from, created_at, updated_at)
    values ('join', asked.id::text, asked.first_name, asked.last_name, asked.email, asked.email_nature, asked.address_hashes,
      asked.domain, '{prospect}', said_at, said_at, said_at, said_at)
    returning id into who;
  end if;
  -- The mail arrived and was answered: the address works, and no doubt about earlier feedback outlives a fresh yes.
  update person p
  set organisation_id = coalesce(p.organisation_id, organisation_named(asked.organisation, said_at)), verified_at = said_at,
    kept_from = greatest(p.kept_from, said_at), bounced_at = null, soft_bounces = 0, feedback_unknown = false, updated_at = said_at
  where p.id = who;

  perform from suppression s where s.address_hash = any (asked.address_hashes) order by s.address_hash for update;
  select coalesce(array_agg(distinct s.kind), '{}') into lifted from suppression s
    where s.address_hash = any (asked.address_hashes) and s.at < said_at and (s.lifted_at is null or s.lifted_at <= s.at);
  update suppression s set lifted_at = greatest(coalesce(s.lifted_at, said_at), said_at)
    where s.address_hash = any (asked.address_hashes) and s.at < said_at;
  perform permit(who, said_at, 'form', 'recipient', 'CRM_WEB_FORM', asked.wording, jsonb_build_object(
    'ground', 'JOINED_LIST', 'signUp', asked.id, 'askedAt', asked.asked_at, 'confirmedAt', said_at,
    'wordingVersion', asked.wording_version, 'noticeVersion', asked.notice_version)::text, 'sign-up|' || asked.id);

  insert into collection (person_id, source, ground, source_text, proof, collected_at, notice_version, informed_at, recorded_at)
  values (who, 'CRM_WEB_FORM', 'JOINED_LIST', format('join form, wording %s, notice %s', asked.wording_version, asked.notice_version),
    'sign-up ' || asked.id, said_at, asked.notice_version, asked.asked_at, said_at)
  on conflict do nothing;
  insert into audit (seq, at, actor, action, subject, facts, previous, hash)
  values (0, greatest(said_at, now()), 'recipient', 'sign-up-confirmed', who, jsonb_build_object('new', fresh, 'lifted', lifted,
    'wording', asked.wording_version, 'notice', asked.notice_version), '', '');
  update sign_up s
  set confirmed_at = said_at, first_name = null, last_name = null, email = null, email_nature = null, address_hashes = null,
    domain = null, organisation = null
  where s.id = asked.id;
  return 'confirmed';
end $$;

grant execute on function confirm_sign_up, drop_sign_up to lupa_web;
grant execute on function forget_sign_ups to lupa_web, lupa_worker;
