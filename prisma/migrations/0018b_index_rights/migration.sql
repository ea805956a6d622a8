-- Whoever writes a row executes what its indexes are made of: a worker that changes a person needs this function wherever the change
-- does not fit into the row's own page.
grant execute on function access.number_of to lupa_worker;
