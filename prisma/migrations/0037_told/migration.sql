-- Who of those who look after the installation was told of an alarm or a reminder, until all of them are: a mail server that goes away
-- in between has nobody told twice. The addressee as a keyed hash, made for this alone. About nobody in the register.
create table told (
  about text not null,
  addressee text not null,
  told_at timestamptz(6) not null,
  primary key (about, addressee)
);
grant select, insert, delete on told to lupa_worker;
