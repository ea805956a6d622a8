-- What all processes together have counted, for metrics: requests of the tool by route and outcome, people disclosed. About nobody.
create table counter (
  name text not null,
  label text not null default '',
  value double precision not null,
  primary key (name, label)
);
grant select, insert, update on counter to lupa_worker;
grant select on counter to lupa_web;
