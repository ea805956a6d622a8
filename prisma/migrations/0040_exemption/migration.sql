-- A person whose data came from others and who need not be told of it: on which of the law's grounds, why, and since when (GDPR
-- Art. 14(5)). One who is told after all keeps both.
alter table collection
  add column exempt_ground text check (exempt_ground in ('has-information', 'disproportionate', 'laid-down-by-law', 'secrecy')),
  add column exempt_because text check (exempt_because <> ''),
  add column exempt_at timestamptz(6),
  add constraint collection_exempt check (num_nulls(exempt_ground, exempt_because, exempt_at) in (0, 3));
