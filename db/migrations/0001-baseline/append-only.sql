-- The function that keeps the history of several tables.

-- Makes a table append-only, so that nobody can change what happened, not even by hand.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end $$;
