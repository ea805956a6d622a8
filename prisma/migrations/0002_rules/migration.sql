-- The rules that the database itself keeps: append-only ledgers, the permission's arithmetic, eligibility, the claim.

-- Append-only ------------------------------------------------------------------------------------------------------

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

-- Erasure and the undoing of an import remove a person with all that is theirs; both say so with this setting, as the owner.
create function refuse_removal() returns trigger language plpgsql as $$
begin
  if current_setting('lupa.removing_people', true) = 'on' then return old; end if;
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger append_only before update on permission_entry for each row execute function refuse_change();
create trigger no_removal before delete on permission_entry for each row execute function refuse_removal();
create trigger append_only before update or delete on campaign_event for each row execute function refuse_change();
create trigger append_only before update or delete on audit for each row execute function refuse_change();
create trigger no_truncate before truncate on permission_entry for each statement execute function refuse_change();
create trigger no_truncate before truncate on campaign_event for each statement execute function refuse_change();
create trigger no_truncate before truncate on audit for each statement execute function refuse_change();

-- The audit chain: each row's hash covers the one before it (I9). The lock makes writers queue up until commit.
create function audit_hash(previous text, seq bigint, at timestamptz, actor text, action text, subject uuid, campaign uuid, facts jsonb)
returns text language sql immutable as $$
  select encode(sha256(convert_to(
    jsonb_build_array(previous, seq, extract(epoch from at), actor, action, subject, campaign, facts)::text, 'UTF8')), 'hex')
$$;

create function chain_audit() returns trigger language plpgsql security definer set search_path = public as $$
declare last audit;
begin
  perform pg_advisory_xact_lock(hashtext('lupa audit chain'));
  select * into last from audit order by seq desc limit 1;
  new.seq := coalesce(last.seq, 0) + 1;
  new.previous := coalesce(last.hash, '');
  new.hash := audit_hash(new.previous, new.seq, new.at, new.actor, new.action, new.subject, new.campaign_id, new.facts);
  return new;
end $$;
create trigger chain before insert on audit for each row execute function chain_audit();

-- The permission's arithmetic (src/domain/permission.ts says the same; a property test holds the two together) ------------

create function permission_of(person uuid)
returns table (permission text, permission_at timestamptz, under_review boolean) language sql stable as $$
  with entry as (select * from permission_entry where person_id = person),
  bounds as (
    select max(at) filter (where says = 'prohibition') as prohibited_at,
           max(at) filter (where says = 'unknown') as forgotten_at
    from entry
  ),
  granted as (
    select entry.* from entry, bounds
    where says = 'permission'
      and (forgotten_at is null or at > forgotten_at)
      and (prohibited_at is null or (personal and at > prohibited_at))
  )
  select
    case
      when (select prohibited_at from bounds) is not null and not exists (select from granted where usable) then 'prohibition'
      when exists (select from granted where usable) then 'permission'
      else 'unknown'
    end,
    case
      when (select prohibited_at from bounds) is not null and not exists (select from granted where usable) then (select prohibited_at from bounds)
      else (select max(at) from granted where usable)
    end,
    (select prohibited_at from bounds) is null and not exists (select from granted where usable) and exists (select from granted)
$$;

create function project_permissions() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update person p
  set permission = now_is.permission, permission_at = now_is.permission_at, under_review = now_is.under_review
  from (
    select changed.person_id, answer.* from (select distinct person_id from appended) changed
    cross join lateral permission_of(changed.person_id) answer
  ) now_is
  where p.id = now_is.person_id;
  return null;
end $$;
create trigger project after insert on permission_entry referencing new table as appended
  for each statement execute function project_permissions();

-- Eligibility: facts per person, then the one reason (src/domain/eligibility.ts) -------------------------------------------

create function eligibility_facts(at timestamptz)
returns table (
  person_id uuid, erased boolean, prohibited boolean, organisation_prohibited boolean, restricted boolean, expired boolean,
  no_work_email boolean, invalid_address boolean, role_address boolean, private_address boolean, bounced boolean,
  under_review boolean, feedback_unknown boolean, no_permission boolean
) language sql stable as $$
  select
    p.id,
    coalesce(s.erased, false),
    p.permission = 'prohibition' or coalesce(s.opted_out, false),
    o.prohibited_at is not null or d.domain is not null,
    p.restricted_at is not null,
    coalesce(p.kept_from + make_interval(days => l.days) < eligibility_facts.at, false),
    p.email is null and not p.email_doubtful,
    p.email_doubtful,
    coalesce(p.email_nature = 'role', false),
    coalesce(p.email_nature = 'private', false),
    p.bounced_at is not null,
    p.under_review,
    p.feedback_unknown,
    p.permission <> 'permission'
  from person p
  left join organisation o on o.id = p.organisation_id
  left join prohibited_domain d on d.domain = p.domain
  left join retention_lifetime l on l.category = 'person'
  left join lateral (
    select bool_or(kind = 'erased') as erased, bool_or(kind = 'opted-out') as opted_out
    from suppression
    where address_hash = any (p.address_hashes) and (lifted_at is null or lifted_at <= suppression.at)
  ) s on true
$$;

create function eligibility(at timestamptz)
returns table (person_id uuid, because text) language sql stable as $$
  select f.person_id,
    case
      when f.erased then 'ERASED'
      when f.prohibited then 'PROHIBITED'
      when f.organisation_prohibited then 'ORGANISATION_PROHIBITED'
      when f.restricted then 'RESTRICTED'
      when f.expired then 'EXPIRED'
      when f.no_work_email then 'NO_WORK_EMAIL'
      when f.invalid_address then 'INVALID_ADDRESS'
      when f.role_address then 'ROLE_ADDRESS'
      when f.private_address then 'PRIVATE_ADDRESS'
      when f.bounced then 'BOUNCED'
      when f.under_review then 'UNDER_REVIEW'
      when f.feedback_unknown then 'FEEDBACK_UNKNOWN'
      when f.no_permission then 'NO_PERMISSION'
    end
  from eligibility_facts(eligibility.at) f
$$;

-- A prohibition of a whole organisation or domain locks no person: it waits until every claim and gate that has begun is over,
-- and those that come wait for it (I2). Whoever claims, sends or prohibits one person holds the same lock, shared.
create function hold_claims() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('lupa prohibition'));
  return null;
end $$;
create trigger hold_claims before update of prohibited_at on organisation
  for each statement execute function hold_claims();
create trigger hold_claims before insert or update on prohibited_domain
  for each statement execute function hold_claims();

-- The claim: the only door through which personal data reaches a tool job (I1, I2) ------------------------------------------

-- Holds the batch's people still, asks eligibility again, commits the intent, returns the four columns. Asked again after
-- a crash it returns what is still open: the caller reads the tool first. It is about 500 people: it never reads a whole table, whatever
-- the planner thinks of indexes.
create function claim_batch(claimed_campaign uuid, claimed_batch integer, claimed_at timestamptz)
returns table (recipient_id bigint, email text, first_name text, last_name text)
language plpgsql security definer set search_path = public set enable_seqscan = off as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('lupa prohibition'));
  -- The first claim starts the deadline's clock and writes to the campaign; the others only hold its state still.
  if exists (select from campaign c where c.id = claimed_campaign and c.first_disclosed_at is null) then
    perform from campaign c where c.id = claimed_campaign and c.state = 'opened' for update;
  else
    perform from campaign c where c.id = claimed_campaign and c.state = 'opened' for share;
  end if;
  if not found then return; end if;
  perform from person p
    where p.id in (select r.person_id from recipient r where r.campaign_id = claimed_campaign and r.batch = claimed_batch
                   and r.state in ('selected', 'intended'))
    order by p.id for share;

  update recipient r
  set state = case r.state when 'intended' then 'refused' else 'dropped' end,
      because = case r.state when 'intended' then 'PROHIBITED' else left_out.because end, settled_at = claimed_at
  from (
    select o.id,
      case
        when p.id is null then 'ERASED'
        when e.because is not null then e.because
        when not o.address_hash = any (p.address_hashes) then 'ADDRESS_CHANGED'
      end as because
    from recipient o
    left join person p on p.id = o.person_id
    left join eligibility(claimed_at) e on e.person_id = o.person_id
    where o.campaign_id = claimed_campaign and o.batch = claimed_batch and o.state in ('selected', 'intended')
  ) left_out
  where r.id = left_out.id and left_out.because is not null;

  -- An intent that is claimed again is a new attempt: from now on the tool may act on it.
  update recipient r set state = 'intended', intended_at = claimed_at, disclosed = true
  where r.campaign_id = claimed_campaign and r.batch = claimed_batch and r.state in ('selected', 'intended');

  if found then
    update campaign c set first_disclosed_at = claimed_at, deadline = claimed_at + interval '24 hours'
    where c.id = claimed_campaign and c.first_disclosed_at is null;
  end if;

  return query
    select r.id, p.email, p.first_name, p.last_name
    from recipient r join person p on p.id = r.person_id
    where r.campaign_id = claimed_campaign and r.batch = claimed_batch and r.state = 'intended'
    order by r.id;
end $$;

-- Recipients in the tool (or perhaps there) who may not be mailed any more: the gate asks this under the campaign's lock.
create function recipients_now_barred(barred_campaign uuid, barred_at timestamptz)
returns table (recipient_id bigint) language sql stable security definer set search_path = public as $$
  select r.id
  from recipient r
  left join eligibility(barred_at) e on e.person_id = r.person_id
  where r.campaign_id = barred_campaign and r.state in ('accepted', 'intended', 'unknown')
    and (r.person_id is null or e.person_id is null
      or e.because in ('ERASED', 'PROHIBITED', 'ORGANISATION_PROHIBITED', 'RESTRICTED'))
$$;

-- The address of one recipient who must leave the tool now, when the register still has the one that was disclosed; else null.
create function address_to_remove(removed_recipient bigint)
returns text language sql stable security definer set search_path = public as $$
  select p.email from recipient r join person p on p.id = r.person_id
  where r.id = removed_recipient and r.address_hash = any (p.address_hashes)
    and r.state in ('accepted', 'intended', 'unknown')
$$;

-- Saying no: one door for every way in (GDPR Art. 21, I5) ------------------------------------------------------------------

-- Writes a prohibition for a person (null when erased) and suppresses the addresses named and the person's own; repeats are
-- harmless, late and old ones too. Takes the lock of every open campaign it touches *before* the person's, as the claim
-- and the gate do, so that a campaign's `sending` event and an opt-out have an order (I2). Returns whether it was new.
create function prohibit(
  who uuid, said_at timestamptz, way text, by_whom text, proof text, key_once text, addresses text[], from_campaign uuid, from_import uuid
) returns boolean language plpgsql security definer set search_path = public as $$
declare
  barred text[];
  fresh boolean := false;
  known boolean;
begin
  perform pg_advisory_xact_lock_shared(hashtext('lupa prohibition'));
  -- In order, so that two who suppress the same addresses wait for each other instead of locking each other out.
  select array(select distinct unnest(coalesce(addresses, '{}') || coalesce((select p.address_hashes from person p where p.id = who), '{}')) order by 1) into barred;
  perform from campaign c
    where c.state in ('opened', 'disclosed', 'halted')
      and c.id in (select r.campaign_id from recipient r where r.person_id = who
                   union select r.campaign_id from recipient r where r.address_hash = any (barred))
    order by c.id for share;
  select exists (select from person p where p.id = who) into known;
  perform from person p where p.id = who or p.address_hashes && barred order by p.id for update;

  if known then
    insert into permission_entry (person_id, says, at, channel, actor, evidence, personal, once_key, campaign_id, import_id)
    values (who, 'prohibition', said_at, way, by_whom, proof, true, key_once, from_campaign, from_import)
    on conflict (once_key) do nothing;
    fresh := found;
    -- The same link used again after a permission that lifted its first use is a new no.
    if not fresh and exists (select from person p where p.id = who and p.permission = 'permission' and p.permission_at <= said_at) then
      insert into permission_entry (person_id, says, at, channel, actor, evidence, personal, once_key, campaign_id, import_id)
      values (who, 'prohibition', said_at, way, by_whom, proof, true, concat_ws('|', key_once, extract(epoch from said_at)), from_campaign, from_import)
      on conflict (once_key) do nothing;
    end if;
  end if;
  insert into suppression as s (address_hash, kind, at)
  select unnest(barred), 'opted-out', said_at
  on conflict (address_hash) do update set at = greatest(s.at, excluded.at)
    where s.at < excluded.at;
  fresh := fresh or found;

  if fresh then
    insert into ledger_outbox (entry, created_at)
    values (jsonb_build_object('kind', 'opt-out', 'at', said_at, 'subject', who, 'addresses', barred, 'channel', way, 'onceKey', key_once), said_at);
    insert into audit (seq, at, actor, action, subject, campaign_id, facts, previous, hash)
    values (0, greatest(said_at, now()), by_whom, 'person-prohibited', who, from_campaign, jsonb_build_object('channel', way), '', '');
  end if;
  return fresh;
end $$;

-- A fresh documented permission of the person's own: lifts what was said before it on that person and that address only.
create function permit(
  who uuid, said_at timestamptz, way text, by_whom text, from_source text, worded text, proof text, key_once text
) returns boolean language plpgsql security definer set search_path = public as $$
declare fresh boolean;
begin
  perform from person p where p.id = who for update;
  if not found then raise exception 'no such person' using errcode = 'no_data_found'; end if;
  insert into permission_entry (person_id, says, at, channel, actor, source, wording, evidence, personal, once_key)
  values (who, 'permission', said_at, way, by_whom, from_source, worded, proof, true, key_once)
  on conflict (once_key) do nothing;
  fresh := found;
  update suppression s set lifted_at = greatest(coalesce(s.lifted_at, said_at), said_at)
  where s.kind = 'opted-out' and s.at < said_at
    and s.address_hash in (select unnest(p.address_hashes) from person p where p.id = who);
  if fresh then
    insert into audit (seq, at, actor, action, subject, facts, previous, hash)
    values (0, greatest(said_at, now()), by_whom, 'person-permitted', who, jsonb_build_object('channel', way), '', '');
  end if;
  return fresh;
end $$;
