-- The old Access front end over the register: its tables and columns under their old names, as views that can be written to
-- through the register's rules. For linked tables: int4 keys, smallint -1/0 for yes/no, timestamp(0) on a wall in Helsinki, and
-- ctid as the row's version. Whoever comes through here has no right to anything else.

do $$
begin
  perform pg_advisory_xact_lock(hashtext('lupa roles'));
  create role lupa_access nologin;
exception when duplicate_object or unique_violation then null;
end $$;

create schema access;
grant usage on schema access to lupa_access;

-- Numbers of rows that are new here begin beyond those of the old file, so that none is ever given twice.
create sequence access.new_number as integer start with 1000001;

create function access.number_of(key text) returns integer language sql immutable parallel safe as $$
  select case when key ~ '^[1-9][0-9]{0,8}$' then key::integer end
$$;

create function access.wall(at timestamptz) returns timestamp(0) language sql immutable parallel safe as $$
  select date_trunc('second', at at time zone 'Europe/Helsinki')::timestamp(0)
$$;
grant execute on function access.number_of, access.wall to lupa_access;

create index person_access_number on person (access.number_of(key)) where register = 'asiakasrekisteri';
create index organisation_access_number on organisation (access.number_of(key)) where register = 'asiakasrekisteri';
create index activity_access_number on activity (access.number_of(key)) where register = 'asiakasrekisteri';

-- What the front end sees ----------------------------------------------------------------------------------------------------

create view access."Yritykset" as
select access.number_of(o.key) as "YritysID", o.name::varchar(255) as "Nimi", o.business_id::varchar(255) as "Y-tunnus",
  o.street::varchar(255) as "Katuosoite", o.postal_code::varchar(255) as "Postinumero", o.city::varchar(255) as "Postitoimipaikka",
  o.website as "www", o.phone::varchar(255) as "Puhelin", access.wall(o.added_at)::timestamp(0) as "Lisätty", o.ctid as ctid
from organisation o
where o.register = 'asiakasrekisteri' and access.number_of(o.key) is not null;

-- An address that waits for review shows the cell as it was written; confidential notes are sealed, and never here.
create view access."Henkilöt" as
select access.number_of(p.key) as "HenkilöID",
  case when o.register = p.register then access.number_of(o.key) end as "YritysID",
  p.first_name::varchar(255) as "Etunimi", p.last_name::varchar(255) as "Sukunimi", p.title::varchar(255) as "Titteli",
  (case when p.email_doubtful then doubt.cell else p.email end)::varchar(255) as "Sähköposti", p.phone::varchar(255) as "Puhelin",
  (case when p.permission = 'permission' and said.barred_at is null then -1 else 0 end)::smallint as "Markkinointilupa",
  (case when p.permission = 'prohibition' or said.barred_at is not null then -1 else 0 end)::smallint as "Markkinointikielto",
  access.wall(p.permission_at)::timestamp(0) as "Lupa pvm",
  (case when p.permission = 'permission' then granted.source else c.source_text end)::varchar(255) as "Lähde",
  access.wall(p.added_at)::timestamp(0) as "Lisätty", access.wall(p.changed_at)::timestamp(0) as "Muokattu", null::text as "Muistiinpanot", p.ctid as ctid
from person p
left join organisation o on o.id = p.organisation_id
left join lateral (select i.detail as cell from review_item i
  where i.person_id = p.id and i.code = 'DOUBTFUL_ADDRESS' and i.resolved_at is null order by i.id desc limit 1) doubt on true
left join lateral (select max(s.at) as barred_at from suppression s
  where s.kind = 'opted-out' and s.address_hash = any (p.address_hashes) and (s.lifted_at is null or s.lifted_at <= s.at)) said on true
left join lateral (select e.source from permission_entry e
  where e.person_id = p.id and e.says = 'permission' and e.usable and e.at = p.permission_at order by e.id desc limit 1) granted on true
left join lateral (select k.source_text from collection k where k.person_id = p.id order by k.id desc limit 1) c on true
where p.register = 'asiakasrekisteri' and access.number_of(p.key) is not null;

create view access."Tapaamiset" as
select access.number_of(a.key) as "ID", access.number_of(p.key) as "HenkilöID", access.wall(a.at)::timestamp(0) as "Aika", a.title::varchar(255) as "Aihe",
  a.text as "Muistio", a.ctid as ctid
from activity a left join person p on p.id = a.person_id
where a.register = 'asiakasrekisteri' and a.source_table = 'Tapaamiset' and access.number_of(a.key) is not null;

create view access."Tarjotut palvelut" as
select access.number_of(a.key) as "ID", access.number_of(p.key) as "HenkilöID", access.wall(a.at)::timestamp(0) as "Pvm", a.title::varchar(255) as "Palvelu",
  a.price as "Hinta", a.ctid as ctid
from activity a left join person p on p.id = a.person_id
where a.register = 'asiakasrekisteri' and a.source_table = 'Tarjotut palvelut' and access.number_of(a.key) is not null;

create view access."Toimeksiannot" as
select access.number_of(a.key) as "ID", access.number_of(o.key) as "YritysID", access.number_of(p.key) as "HenkilöID",
  access.wall(a.at)::timestamp(0) as "Alkoi", access.wall(a.ended_at)::timestamp(0) as "Päättyi", a.title::varchar(255) as "Kuvaus", a.ctid as ctid
from activity a left join person p on p.id = a.person_id left join organisation o on o.id = a.organisation_id
where a.register = 'asiakasrekisteri' and a.source_table = 'Toimeksiannot' and access.number_of(a.key) is not null;

create view access."Tilaukset" as
select access.number_of(a.key) as "ID", access.number_of(p.key) as "HenkilöID",
  (case a.kind when 'order-book' then 'kirja' when 'order-audiobook' then 'äänikirja' when 'order-eguide' then 'eOpas' end)::varchar(255) as "Laji",
  a.title::varchar(255) as "Tuote", a.quantity::integer as "Määrä", access.wall(a.at)::timestamp(0) as "Pvm", a.ctid as ctid
from activity a left join person p on p.id = a.person_id
where a.register = 'asiakasrekisteri' and a.source_table = 'Tilaukset' and access.number_of(a.key) is not null;

create view access."Aktiviteetit" as
select access.number_of(a.key) as "ID", access.number_of(p.key) as "HenkilöID", a.title::varchar(255) as "Tyyppi", access.wall(a.at)::timestamp(0) as "Pvm",
  a.text as "Teksti", a.ctid as ctid
from activity a left join person p on p.id = a.person_id
where a.register = 'asiakasrekisteri' and a.source_table = 'Aktiviteetit' and access.number_of(a.key) is not null;

-- What writing does ----------------------------------------------------------------------------------------------------------

-- Access shows the sentence as it is. It holds nothing of the row.
create function access.refuse(finnish text, english text) returns void language plpgsql as $$
begin
  raise exception '% / %', finnish, english using errcode = 'restrict_violation';
end $$;

create function access.instant(wall timestamp) returns timestamptz language sql immutable as $$
  select wall at time zone 'Europe/Helsinki'
$$;

create function access.cleaned(cell text) returns text language sql immutable as $$
  select nullif(btrim(replace(cell, E'\r\n', E'\n')), '')
$$;

-- The number of a new row: a fresh one, or one that `access.uusi_numero()` gave a form beforehand.
create function access.number_for(given integer, taken boolean) returns integer
language plpgsql security definer set search_path = public as $$
begin
  if given is null then return nextval('access.new_number'); end if;
  if taken or given <= 1000000 or not exists (select from access.new_number n where n.is_called and n.last_value >= given) then
    perform access.refuse('Jätä uuden rivin numero tyhjäksi: Lupa antaa sen.', 'Leave the number of a new row empty: Lupa gives it.');
  end if;
  return given;
end $$;

create function access.uusi_numero() returns integer language sql security definer set search_path = public as $$
  select nextval('access.new_number')::integer
$$;
grant execute on function access.uusi_numero to lupa_access;

create function access.organisation_of(number integer) returns uuid
language plpgsql stable security definer set search_path = public as $$
declare found_id uuid;
begin
  if number is null then return null; end if;
  select o.id into found_id from organisation o where o.register = 'asiakasrekisteri' and access.number_of(o.key) = number;
  if found_id is null then
    perform access.refuse('Yritystä ei ole: valitse YritysID, joka on taulussa Yritykset.', 'There is no such YritysID.');
  end if;
  return found_id;
end $$;

create function access.person_of(number integer) returns uuid
language plpgsql stable security definer set search_path = public as $$
declare found_id uuid;
begin
  if number is null then return null; end if;
  select p.id into found_id from person p where p.register = 'asiakasrekisteri' and access.number_of(p.key) = number;
  if found_id is null then
    perform access.refuse('Henkilöä ei ole: valitse HenkilöID, joka on taulussa Henkilöt.', 'There is no such HenkilöID.');
  end if;
  return found_id;
end $$;

create function access.note_change(acted text, subject uuid, facts jsonb) returns void language sql as $$
  insert into audit (seq, at, actor, action, subject, facts, previous, hash)
  values (0, now(), 'access:' || session_user, acted, subject, facts, '', '')
$$;

create function access.write_organisation() returns trigger language plpgsql security definer set search_path = public as $$
declare
  who uuid;
  version tid;
begin
  if tg_op = 'DELETE' then
    perform access.refuse('Yritystä ei voi poistaa täältä.', 'An organisation cannot be deleted from here.');
  end if;
  if access.cleaned(new."Nimi") is null then
    perform access.refuse('Anna yrityksen nimi.', 'Give the name of the organisation.');
  end if;
  if tg_op = 'INSERT' then
    new."YritysID" := access.number_for(new."YritysID", exists (select from access."Yritykset" y where y."YritysID" = new."YritysID"));
    insert into organisation (register, key, name, business_id, street, postal_code, city, website, phone, added_at)
    values ('asiakasrekisteri', new."YritysID"::text, access.cleaned(new."Nimi"), access.cleaned(new."Y-tunnus"),
      access.cleaned(new."Katuosoite"), access.cleaned(new."Postinumero"), access.cleaned(new."Postitoimipaikka"),
      access.cleaned(new."www"), access.cleaned(new."Puhelin"), coalesce(access.instant(new."Lisätty"), now()))
    returning id into who;
    insert into collection (organisation_id, source, source_text, collected_at) values (who, 'OTHER', 'asiakasrekisteri', now());
    perform access.note_change('organisation-added', null, '{"channel":"access"}');
    return new;
  end if;
  if new."YritysID" is distinct from old."YritysID" then
    perform access.refuse('YritysID ei muutu.', 'YritysID does not change.');
  end if;
  who := access.organisation_of(old."YritysID");
  select o.ctid into version from organisation o where o.id = who for update;
  if version is distinct from old.ctid then return null; end if;
  update organisation o set
    name = case when new."Nimi" is distinct from old."Nimi" then access.cleaned(new."Nimi") else o.name end,
    business_id = case when new."Y-tunnus" is distinct from old."Y-tunnus" then access.cleaned(new."Y-tunnus") else o.business_id end,
    street = case when new."Katuosoite" is distinct from old."Katuosoite" then access.cleaned(new."Katuosoite") else o.street end,
    postal_code = case when new."Postinumero" is distinct from old."Postinumero" then access.cleaned(new."Postinumero") else o.postal_code end,
    city = case when new."Postitoimipaikka" is distinct from old."Postitoimipaikka" then access.cleaned(new."Postitoimipaikka") else o.city end,
    website = access.cleaned(new."www"),
    phone = case when new."Puhelin" is distinct from old."Puhelin" then access.cleaned(new."Puhelin") else o.phone end,
    added_at = case when new."Lisätty" is distinct from old."Lisätty" then access.instant(new."Lisätty") else o.added_at end,
    updated_at = now()
  where o.id = who;
  perform access.note_change('organisation-changed', null, '{"channel":"access"}');
  return new;
end $$;

-- An address typed here waits for review: its hashes are made with keys that the database does not have. Nobody is mailed at it
-- before. An opt-out known only by the old address becomes the person's own first (I5).
create function access.change_address(who uuid, cell text) returns void
language plpgsql security definer set search_path = public as $$
declare
  by_whom text := 'access:' || session_user;
  barred_at timestamptz;
begin
  select max(s.at) into barred_at from person p join suppression s on s.address_hash = any (p.address_hashes)
    where p.id = who and p.permission <> 'prohibition' and s.kind = 'opted-out' and (s.lifted_at is null or s.lifted_at <= s.at);
  if barred_at is not null then
    perform prohibit(who, barred_at, 'access', by_whom, 'opted out under the address before',
      concat_ws('|', 'carried', who, extract(epoch from barred_at)), '{}', null, null);
  end if;
  insert into correction (person_id, field, was, at, actor)
    select p.id, 'email', p.email, now(), by_whom from person p where p.id = who and p.email is not null
    on conflict (person_id, field, was) do update set at = excluded.at, actor = excluded.actor;
  update person p set email = null, email_nature = null, email_doubtful = cell is not null, address_hashes = '{}', domain = null,
    bounced_at = null, soft_bounces = 0 where p.id = who;
  update review_item i set resolved_at = now(), resolved_by = by_whom, resolution = 'address-replaced', detail = null
    where i.person_id = who and i.code = 'DOUBTFUL_ADDRESS' and i.resolved_at is null;
  if cell is not null then
    insert into review_item (code, person_id, place, detail, created_at, once_key)
    values ('DOUBTFUL_ADDRESS', who, 'Sähköposti', left(cell, 500), now(), concat_ws('|', 'access', 'address', who, extract(epoch from clock_timestamp())));
  end if;
end $$;

-- What the two ticks say, through the ledger: a prohibition always, its lifting never, a permission only with its date and source
-- and where nothing forbids it. Taking the tick of a permission away takes the permission back.
create function access.change_permission(who uuid, was_permitted boolean, was_prohibited boolean, permitted boolean, prohibited boolean,
  said_at timestamptz, source text) returns void language plpgsql security definer set search_path = public as $$
declare
  by_whom text := 'access:' || session_user;
  this_time text := extract(epoch from clock_timestamp())::text;
begin
  if was_prohibited and not prohibited or was_prohibited and permitted then
    perform access.refuse('Markkinointikiellon kumoaa vain henkilön oma, todistettu lupa: lupa person permit.',
      'Only the person''s own documented permission lifts a prohibition: lupa person permit.');
  elsif prohibited and not was_prohibited then
    perform prohibit(who, now(), 'access', by_whom, null, concat_ws('|', 'access', who, 'prohibition', this_time), '{}', null, null);
  elsif permitted and not was_permitted then
    if said_at is null or source is null then
      perform access.refuse('Lupa tarvitsee päivän (Lupa pvm) ja lähteen (Lähde).', 'A permission needs its date and its source.');
    elsif said_at > now() then
      perform access.refuse('Lupa pvm on tulevaisuudessa.', 'The permission''s date lies in the future.');
    end if;
    insert into permission_entry (person_id, says, at, channel, actor, source, once_key)
    values (who, 'permission', said_at, 'access', by_whom, source, concat_ws('|', 'access', who, 'permission', this_time));
    if not exists (select from person p where p.id = who and p.permission = 'permission') then
      perform access.refuse('Lupa on vanhempi kuin sen peruutus: anna uuden luvan päivä.', 'The permission is older than its withdrawal.');
    end if;
    perform access.note_change('person-permitted', who, '{"channel":"access"}');
  elsif was_permitted and not permitted then
    insert into permission_entry (person_id, says, at, channel, actor, once_key)
    values (who, 'unknown', now(), 'access', by_whom, concat_ws('|', 'access', who, 'unknown', this_time));
    perform access.note_change('permission-taken-back', who, '{"channel":"access"}');
  end if;
end $$;

create function access.write_person() returns trigger language plpgsql security definer set search_path = public as $$
declare
  who uuid;
  version tid;
  permitted boolean;
  prohibited boolean;
begin
  if tg_op = 'DELETE' then
    perform access.refuse('Henkilöä ei poisteta täältä: lupa person erase.', 'A person is not deleted here: lupa person erase.');
  end if;
  if access.cleaned(new."Muistiinpanot") is not null then
    perform access.refuse('Luottamukselliset muistiinpanot eivät kuulu tänne.', 'Confidential notes are not written here.');
  end if;
  if coalesce(access.cleaned(new."Etunimi"), access.cleaned(new."Sukunimi"), access.cleaned(new."Sähköposti")) is null then
    perform access.refuse('Anna nimi tai sähköposti.', 'Give a name or an address.');
  end if;
  permitted := coalesce(new."Markkinointilupa", 0) <> 0;
  prohibited := coalesce(new."Markkinointikielto", 0) <> 0;

  if tg_op = 'INSERT' then
    new."HenkilöID" := access.number_for(new."HenkilöID", exists (select from access."Henkilöt" h where h."HenkilöID" = new."HenkilöID"));
    insert into person (register, key, organisation_id, first_name, last_name, title, phone, relations, added_at, changed_at, kept_from)
    values ('asiakasrekisteri', new."HenkilöID"::text, access.organisation_of(new."YritysID"), coalesce(access.cleaned(new."Etunimi"), ''),
      coalesce(access.cleaned(new."Sukunimi"), ''), access.cleaned(new."Titteli"), access.cleaned(new."Puhelin"), '{customer}',
      coalesce(access.instant(new."Lisätty"), now()), access.instant(new."Muokattu"), now())
    returning id into who;
    insert into collection (person_id, source, source_text, collected_at) values (who, 'OTHER', access.cleaned(new."Lähde"), now());
    perform access.note_change('person-added', who, '{"channel":"access"}');
    if access.cleaned(new."Sähköposti") is not null then perform access.change_address(who, access.cleaned(new."Sähköposti")); end if;
    perform access.change_permission(who, false, false, permitted and not prohibited, prohibited, access.instant(new."Lupa pvm"), access.cleaned(new."Lähde"));
    return new;
  end if;

  if new."HenkilöID" is distinct from old."HenkilöID" then perform access.refuse('HenkilöID ei muutu.', 'HenkilöID does not change.'); end if;
  who := access.person_of(old."HenkilöID");
  perform hold_person(who);
  select p.ctid into version from person p where p.id = who;
  if version is distinct from old.ctid then return null; end if;
  if new."Lähde" is distinct from old."Lähde" and old."Markkinointilupa" <> 0 or
     new."Lupa pvm" is distinct from old."Lupa pvm" and (old."Markkinointilupa" <> 0 or not permitted and not prohibited) then
    perform access.refuse('Luvan päivä ja lähde eivät muutu jälkikäteen: lupa person permit kirjaa uuden luvan.',
      'The date and the source of a permission do not change afterwards: lupa person permit.');
  end if;

  perform access.correct_person(who, old, new);
  if new."Lähde" is distinct from old."Lähde" and access.cleaned(new."Lähde") is not null then
    insert into collection (person_id, source, source_text, collected_at) values (who, 'OTHER', access.cleaned(new."Lähde"), now())
    on conflict do nothing;
  end if;
  if new."Sähköposti" is distinct from old."Sähköposti" then perform access.change_address(who, access.cleaned(new."Sähköposti")); end if;
  perform access.change_permission(who, old."Markkinointilupa" <> 0, old."Markkinointikielto" <> 0,
    permitted and (old."Markkinointikielto" <> 0 or not prohibited), prohibited, access.instant(new."Lupa pvm"), access.cleaned(new."Lähde"));
  return new;
end $$;

-- As `lupa person correct` does: what was corrected is remembered, so that a file which still says it does not undo it.
create function access.correct_person(who uuid, before access."Henkilöt", after access."Henkilöt") returns void
language plpgsql security definer set search_path = public as $$
declare
  by_whom text := 'access:' || session_user;
  fields text[];
begin
  with changed (field, differs) as (values
    ('first_name', after."Etunimi" is distinct from before."Etunimi"), ('last_name', after."Sukunimi" is distinct from before."Sukunimi"),
    ('title', after."Titteli" is distinct from before."Titteli"), ('phone', after."Puhelin" is distinct from before."Puhelin"))
  select array_agg(c.field) into fields from changed c where c.differs;

  insert into correction (person_id, field, was, at, actor)
    select who, c.field, nullif(to_jsonb(p) ->> c.field, ''), now(), by_whom
    from person p, unnest(fields) as c (field) where p.id = who
    on conflict (person_id, field, was) do update set at = excluded.at, actor = excluded.actor;
  update person p set
    first_name = case when 'first_name' = any (fields) then coalesce(access.cleaned(after."Etunimi"), '') else p.first_name end,
    last_name = case when 'last_name' = any (fields) then coalesce(access.cleaned(after."Sukunimi"), '') else p.last_name end,
    title = case when 'title' = any (fields) then access.cleaned(after."Titteli") else p.title end,
    phone = case when 'phone' = any (fields) then access.cleaned(after."Puhelin") else p.phone end,
    organisation_id = case when after."YritysID" is distinct from before."YritysID" then access.organisation_of(after."YritysID") else p.organisation_id end,
    added_at = case when after."Lisätty" is distinct from before."Lisätty" then access.instant(after."Lisätty") else p.added_at end,
    changed_at = case when after."Muokattu" is distinct from before."Muokattu" then access.instant(after."Muokattu") else p.changed_at end,
    updated_at = now()
  where p.id = who;
  perform access.note_change('person-corrected', who, jsonb_build_object('channel', 'access', 'fields', array_to_string(fields, ' ')));
end $$;

-- One function for all tables of what was done with people. Its arguments: which column holds the start, the end, the title, the
-- text, the quantity and the price ('' for none), and the kind ('' where the column Laji says it).
create function access.write_activity() returns trigger language plpgsql security definer set search_path = public as $$
declare
  row_now jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  was activity;
  is_now activity;
  kinds jsonb := '{"kirja":"order-book","äänikirja":"order-audiobook","eOpas":"order-eguide"}';
begin
  if tg_op <> 'INSERT' then
    if tg_op = 'UPDATE' and row_now -> 'ID' is distinct from to_jsonb(old) -> 'ID' then
      perform access.refuse('ID ei muutu.', 'ID does not change.');
    end if;
    select a.* into was from activity a
      where a.register = 'asiakasrekisteri' and a.source_table = tg_table_name and access.number_of(a.key) = old."ID" for update;
    if not exists (select from activity a where a.id = was.id and a.ctid = old.ctid) then return null; end if;
  end if;
  if tg_op = 'DELETE' then
    delete from activity a where a.id = was.id;
    perform access.note_change('activity-removed', was.person_id, jsonb_build_object('channel', 'access', 'table', tg_table_name));
    return old;
  end if;

  is_now.person_id := access.person_of((row_now ->> 'HenkilöID')::integer);
  is_now.organisation_id := access.organisation_of((row_now ->> 'YritysID')::integer);
  if num_nonnulls(is_now.person_id, is_now.organisation_id) = 0 then
    perform access.refuse('Kerro, kenen rivi on: anna HenkilöID.', 'Say whose row it is: give HenkilöID.');
  end if;
  is_now.at := access.instant((row_now ->> tg_argv[0])::timestamp);
  is_now.ended_at := access.instant((row_now ->> tg_argv[1])::timestamp);
  is_now.title := access.cleaned(row_now ->> tg_argv[2]);
  is_now.text := access.cleaned(row_now ->> tg_argv[3]);
  is_now.quantity := (row_now ->> tg_argv[4])::numeric;
  is_now.price := (row_now ->> tg_argv[5])::numeric;
  is_now.kind := case when tg_argv[6] <> '' then tg_argv[6] else coalesce(kinds ->> (row_now ->> 'Laji'), 'other') end;
  if tg_op = 'INSERT' then
    new."ID" := access.number_for(new."ID", exists (select from activity a
      where a.register = 'asiakasrekisteri' and a.source_table = tg_table_name and a.key = new."ID"::text));
    insert into activity (register, source_table, key, person_id, organisation_id, kind, at, ended_at, title, text, quantity, price)
    values ('asiakasrekisteri', tg_table_name, new."ID"::text, is_now.person_id, is_now.organisation_id, is_now.kind, is_now.at,
      is_now.ended_at, is_now.title, is_now.text, is_now.quantity, is_now.price);
  else
    update activity a set person_id = is_now.person_id, organisation_id = is_now.organisation_id, kind = is_now.kind, at = is_now.at,
      ended_at = is_now.ended_at, title = is_now.title, text = is_now.text, quantity = is_now.quantity, price = is_now.price
    where a.id = was.id;
  end if;
  update person p set kept_from = least(is_now.at, now()) where p.id = is_now.person_id and p.kept_from < least(is_now.at, now());
  perform access.note_change(case tg_op when 'INSERT' then 'activity-added' else 'activity-changed' end, is_now.person_id,
    jsonb_build_object('channel', 'access', 'table', tg_table_name));
  return new;
end $$;

create trigger write instead of insert or update or delete on access."Yritykset" for each row execute function access.write_organisation();
create trigger write instead of insert or update or delete on access."Henkilöt" for each row execute function access.write_person();
create trigger write instead of insert or update or delete on access."Tapaamiset"
  for each row execute function access.write_activity('Aika', '', 'Aihe', 'Muistio', '', '', 'meeting');
create trigger write instead of insert or update or delete on access."Tarjotut palvelut"
  for each row execute function access.write_activity('Pvm', '', 'Palvelu', '', '', 'Hinta', 'offered-service');
create trigger write instead of insert or update or delete on access."Toimeksiannot"
  for each row execute function access.write_activity('Alkoi', 'Päättyi', 'Kuvaus', '', '', '', 'assignment');
create trigger write instead of insert or update or delete on access."Tilaukset"
  for each row execute function access.write_activity('Pvm', '', 'Tuote', '', 'Määrä', '', '');
create trigger write instead of insert or update or delete on access."Aktiviteetit"
  for each row execute function access.write_activity('Pvm', '', 'Tyyppi', 'Teksti', '', '', 'other');

grant select, insert, update, delete on access."Yritykset", access."Henkilöt", access."Tapaamiset", access."Tarjotut palvelut",
  access."Toimeksiannot", access."Tilaukset", access."Aktiviteetit" to lupa_access;
