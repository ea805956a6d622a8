-- What holds for whoever comes through the old Access front end, kept where it writes in the end: in the register's own tables.

-- An opt-out known only by the address a person had becomes their own whoever changes the address, also when it is younger than a no
-- they said themselves: only a later yes lifts it (I5). Those who write through our own code have done so before.
create function carry_opt_out() returns trigger language plpgsql security definer set search_path = public as $$
declare said_at timestamptz;
begin
  select max(s.at) into said_at from suppression s
    where s.address_hash = any (old.address_hashes) and s.kind = 'opted-out' and (s.lifted_at is null or s.lifted_at <= s.at);
  if said_at is not null and (new.permission <> 'prohibition' or new.permission_at < date_trunc('milliseconds', said_at)) then
    perform prohibit(new.id, said_at, 'address-change', session_user::text, 'opted out under the address before',
      concat_ws('|', 'carried', new.id, extract(epoch from said_at)), '{}', null, null);
  end if;
  return null;
end $$;
create trigger carry_opt_out after update of email on person for each row
  when (old.address_hashes <> '{}' and lower(new.email) is distinct from lower(old.email))
  execute function carry_opt_out();

-- A restricted person is kept, and used for nothing (GDPR Art. 18): a no is still heard, all else waits until the restriction ends.
-- The logins of the Access front end are known by their name, whatever function they write through.
create function refuse_restricted() returns trigger language plpgsql security definer set search_path = public as $$
declare
  was jsonb := case when tg_op = 'INSERT' then '{}' else to_jsonb(old) end;
  is_now jsonb := case when tg_op = 'DELETE' then '{}' else to_jsonb(new) end;
  who text := case tg_table_name when 'person' then 'id' else 'person_id' end;
begin
  if exists (select from person p where p.id in ((was ->> who)::uuid, (is_now ->> who)::uuid) and p.restricted_at is not null) then
    raise exception 'Henkilön tietojen käsittely on rajoitettu: vain kielto kirjataan, kunnes rajoitus päättyy (lupa person release). / This person is restricted: only a no is written down until that ends (lupa person release).'
      using errcode = 'restrict_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger refuse_restricted before update on person for each row
  when (starts_with(session_user::text, 'lupa_access_') and (old.first_name, old.last_name, old.title, old.phone, old.email, old.email_doubtful, old.organisation_id, old.added_at)
    is distinct from (new.first_name, new.last_name, new.title, new.phone, new.email, new.email_doubtful, new.organisation_id, new.added_at))
  execute function refuse_restricted();
create trigger refuse_restricted before insert or update or delete on activity for each row
  when (starts_with(session_user::text, 'lupa_access_')) execute function refuse_restricted();
create trigger refuse_restricted before insert on collection for each row when (starts_with(session_user::text, 'lupa_access_')) execute function refuse_restricted();
create trigger refuse_restricted before insert on permission_entry for each row
  when (new.says = 'permission' and starts_with(session_user::text, 'lupa_access_')) execute function refuse_restricted();

-- Text that came in through Access passes the same detectors as a file's (R-17): a worker looks at what is marked here.
alter table person add column uninspected boolean not null default false;
alter table activity add column uninspected boolean not null default false;
create index person_uninspected on person (id) where uninspected;
create index activity_uninspected on activity (id) where uninspected;

create function mark_uninspected() returns trigger language plpgsql as $$
begin
  new.uninspected := true;
  return new;
end $$;
create trigger uninspected_new before insert on person for each row when (starts_with(session_user::text, 'lupa_access_')) execute function mark_uninspected();
create trigger uninspected_changed before update on person for each row
  when (starts_with(session_user::text, 'lupa_access_') and (old.first_name, old.last_name, old.title, old.phone) is distinct from (new.first_name, new.last_name, new.title, new.phone))
  execute function mark_uninspected();
create trigger uninspected_new before insert on activity for each row when (starts_with(session_user::text, 'lupa_access_')) execute function mark_uninspected();
create trigger uninspected_changed before update on activity for each row
  when (starts_with(session_user::text, 'lupa_access_') and (old.title, old.text) is distinct from (new.title, new.text)) execute function mark_uninspected();

grant update (uninspected) on activity to lupa_worker;
