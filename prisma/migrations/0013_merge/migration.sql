-- Two rows that are one human become one person: every entry of the ledger stays, and the strictest answer holds.

-- Records of files that are another person's now: a file that still has them adds nobody, and its no still counts.
create table merged_record (
  register text not null,
  key text not null,
  person_id uuid not null references person (id) on delete cascade,
  -- The id the record's person had: older rows of the audit trail name it.
  gone_id uuid not null,
  merged_at timestamptz(6) not null,
  actor text not null,
  primary key (register, key)
);
create index merged_record_person on merged_record (person_id);

-- Moves everything of `gone` to `keep`, deletes `gone`, and returns whether somebody's no had to be said again for both. Notes are
-- sealed to their person: whoever calls moves them first. The caller holds both people.
create function merge_people(keep uuid, gone uuid, merged_at timestamptz, by_whom text)
returns boolean language plpgsql security definer set search_path = public as $$
declare barred boolean;
begin
  select bool_or(p.permission = 'prohibition' or exists (select from suppression s where s.address_hash = any (p.address_hashes)
      and s.kind = 'opted-out' and (s.lifted_at is null or s.lifted_at <= s.at)))
    into barred from person p where p.id in (keep, gone);

  insert into permission_entry (person_id, says, at, recorded_at, channel, actor, source, wording, evidence, usable, personal, once_key,
    campaign_id, import_id, address_hashes)
  select keep, e.says, e.at, e.recorded_at, e.channel, e.actor, e.source, e.wording, e.evidence, e.usable, e.personal,
    'merged|' || e.once_key, e.campaign_id, e.import_id, e.address_hashes
  from permission_entry e where e.person_id = gone order by e.id;

  update collection k set person_id = keep where k.person_id = gone and not exists (select from collection o where o.person_id = keep
    and (o.source, o.ground, o.source_text) is not distinct from (k.source, k.ground, k.source_text));
  update correction k set person_id = keep where k.person_id = gone and not exists (select from correction o where o.person_id = keep
    and (o.field, o.was) is not distinct from (k.field, k.was));
  update activity set person_id = keep where person_id = gone;
  update review_item set person_id = keep where person_id = gone;
  update disclosure_person d set person_id = keep where d.person_id = gone and not exists (
    select from disclosure_person o where o.person_id = keep and o.disclosure_id = d.disclosure_id);
  update feedback set person_id = keep where person_id = gone;
  update request set person_id = keep where person_id = gone;
  update retention_hold set person_id = keep where person_id = gone;
  update merged_record set person_id = keep where person_id = gone;

  -- One recipient a campaign: whoever was disclosed stays; where both were, both links lead to the person who is left.
  delete from recipient r using recipient o
    where r.person_id = keep and o.person_id = gone and o.campaign_id = r.campaign_id and not r.disclosed and o.disclosed;
  delete from recipient r using recipient o
    where r.person_id = gone and o.person_id = keep and o.campaign_id = r.campaign_id and not r.disclosed;
  update recipient_tool_id t set recipient_id = o.id from recipient r join recipient o on o.campaign_id = r.campaign_id
    where t.recipient_id = r.id and r.person_id = gone and o.person_id = keep;
  update recipient_alias t set recipient_id = o.id from recipient r join recipient o on o.campaign_id = r.campaign_id
    where t.recipient_id = r.id and r.person_id = gone and o.person_id = keep;
  update recipient r set person_id = keep
    where r.person_id = gone and not exists (select from recipient o where o.person_id = keep and o.campaign_id = r.campaign_id);

  -- What one row lacks the other has; what both say stays as the person who is left has it. Restricted is restricted.
  update person p set organisation_id = coalesce(p.organisation_id, g.organisation_id), title = coalesce(p.title, g.title),
    phone = coalesce(p.phone, g.phone), relations = array(select distinct unnest(p.relations || g.relations) order by 1),
    tags = array(select distinct unnest(p.tags || g.tags) order by 1), kept_from = greatest(p.kept_from, g.kept_from),
    added_at = least(p.added_at, g.added_at), restricted_at = coalesce(p.restricted_at, g.restricted_at),
    restricted_for = coalesce(p.restricted_for, g.restricted_for), feedback_unknown = p.feedback_unknown or g.feedback_unknown,
    updated_at = merged_at
  from person g where p.id = keep and g.id = gone;
  update person p set email = g.email, email_nature = g.email_nature, email_doubtful = g.email_doubtful, address_hashes = g.address_hashes,
    domain = g.domain, bounced_at = g.bounced_at, soft_bounces = g.soft_bounces
  from person g where p.id = keep and g.id = gone and p.email is null and not p.email_doubtful;
  insert into merged_record (register, key, person_id, gone_id, merged_at, actor)
  select g.register, g.key, keep, gone, merge_people.merged_at, by_whom from person g where g.id = gone;

  perform set_config('lupa.removing_people', 'on', true);
  delete from person where id = gone;
  perform set_config('lupa.removing_people', 'off', true);
  insert into audit (seq, at, actor, action, subject, facts, previous, hash)
  values (0, greatest(merged_at, now()), by_whom, 'people-merged', keep, jsonb_build_object('gone', gone, 'barred', barred), '', '');
  return coalesce(barred, false);
end $$;
