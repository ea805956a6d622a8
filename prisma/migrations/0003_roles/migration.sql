-- Who may do what. Three group roles without login; `lupa migrate` makes a login of its own for each. Roles belong to the
-- whole cluster and several databases may be migrated at once, so their creation tolerates a race.

do $$
declare name text;
begin
  perform pg_advisory_xact_lock(hashtext('lupa roles'));
  foreach name in array array['lupa_sync', 'lupa_worker', 'lupa_web'] loop
    begin
      execute format('create role %I nologin', name);
    exception when duplicate_object or unique_violation then null;
    end;
  end loop;
  execute format('revoke temporary on database %I from public', current_database());
end $$;

grant usage on schema public to lupa_sync, lupa_worker, lupa_web;
revoke execute on all functions in schema public from public;
-- Functions of later migrations are nobody's either until they are granted.
alter default privileges revoke execute on functions from public;
grant execute on function permission_of, eligibility_facts, eligibility, audit_hash to lupa_worker, lupa_web;
grant execute on function recipients_now_barred to lupa_worker;

-- Every role may read what the installation is, and write the audit trail (its trigger does the chaining).
grant select on installation, secret_key to lupa_sync, lupa_worker, lupa_web;
grant insert on audit to lupa_sync, lupa_worker, lupa_web;

-- lupa_sync: jobs that talk to the tool. Personal data only as the claim returns it; writes outcomes, feedback and events.
grant execute on function claim_batch, recipients_now_barred, address_to_remove to lupa_sync;
grant select on campaign, campaign_event to lupa_sync;
grant insert on campaign_event to lupa_sync;
grant update on campaign to lupa_sync;
grant select (id, campaign_id, state, because, batch, address_hash, disclosed, intended_at, settled_at, seen_at, removed_at, sent)
  on recipient to lupa_sync;
grant update (state, because, disclosed, settled_at, seen_at, removed_at, sent) on recipient to lupa_sync;
grant select, insert on recipient_tool_id to lupa_sync;
grant select (id, campaign_id, recipient_id, kind, source, address_hash, at, received_at, applied_at, once_key) on feedback to lupa_sync;
grant insert on feedback to lupa_sync;
grant select, insert, update on tool_account to lupa_sync;
grant select on certificate to lupa_sync;
grant update (body, sha256, written_at) on certificate to lupa_sync;

-- lupa_worker: jobs that stay inside. Everything but the confidential notes.
grant select, insert, update on person, organisation, campaign, recipient, recipient_tool_id, feedback, suppression, review_item,
  tool_account, ledger_outbox, ledger_position, worker_process, certificate, retention_lifetime to lupa_worker;
grant delete on worker_process, retention_lifetime to lupa_worker;
grant select, insert on permission_entry, campaign_event to lupa_worker;
grant select on audit, import, collection, prohibited_domain, activity to lupa_worker;

-- lupa_web: the opt-out page and the probes.
grant select on campaign, worker_process, tool_account to lupa_web;
grant select (id, campaign_id, person_id, state, address_hash) on recipient to lupa_web;
grant select on recipient_tool_id to lupa_web;
grant insert on feedback to lupa_web;
grant update (applied_at, effect) on feedback to lupa_web;
grant execute on function prohibit to lupa_web, lupa_worker;

grant select (id, campaign_id, recipient_id, kind, source, at, received_at, applied_at, once_key) on feedback to lupa_web;
