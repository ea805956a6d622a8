-- The duty to inform (GDPR Art. 13, 14; R-03, R-33 … R-46): closed lists, who was told when and by what, under which notice.

alter table collection
  add constraint collection_source check (source in ('CRM_WEB_FORM', 'E_REGISTRATION_FORM', 'E_ORDER_FORM', 'E_SIGNUP_FORM',
    'MEDIA', 'PUBLIC_SOURCE', 'SOCIAL_MEDIA', 'OTHER')),
  add constraint collection_ground check (ground in ('JOINED_LIST', 'ORDERED_BOOK', 'ORDERED_AUDIOBOOK', 'ORDERED_EGUIDE',
    'TRAINING', 'PROJECT_LED', 'PROJECT_PARTNER', 'EVENT_OPEN_LIST', 'BUSINESS_CARD', 'GAVE_CONTACT', 'SOCIAL_ENGAGEMENT',
    'PERMISSION_ORAL', 'PERMISSION_WRITTEN')),
  add column informed_by text check (informed_by in ('newsletter', 'mail', 'letter', 'phone', 'in-person', 'form')),
  add column informed_campaign_id uuid references campaign (id);
update collection set informed_by = 'form' where informed_at is not null;
create index collection_import on collection (import_id);

-- The notices there have been: which version stood where from when (R-03).
create table notice_version (
  version text primary key,
  url text not null,
  seen_at timestamptz(6) not null
);

-- Under which notice a campaign went out; its link stands in every mail.
alter table campaign add column notice_version text;

-- A newsletter informs whoever it was sent to and had not been told (R-35, Art. 14(3)(b)). A mail that came back told nobody, so
-- the next one tells. Returns how many people.
create function inform_recipients(sent_campaign uuid, told_at timestamptz)
returns bigint language sql security definer set search_path = public as $$
  with told as (
    update collection k set informed_at = told_at, informed_by = 'newsletter', informed_campaign_id = sent_campaign,
      notice_version = c.notice_version
    from recipient r join campaign c on c.id = r.campaign_id
    where r.campaign_id = sent_campaign and r.sent and k.person_id = r.person_id and c.notice_version is not null
      and (k.informed_at is null or exists (
        select from feedback f where f.campaign_id = k.informed_campaign_id and f.person_id = k.person_id
          and f.kind in ('bounced-hard', 'bounced-soft')))
    returning k.person_id
  )
  select count(distinct person_id) from told
$$;
grant execute on function inform_recipients to lupa_sync;
