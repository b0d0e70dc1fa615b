import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connect, type Db } from '../../db/connect.ts';
import { baseline } from '../../db/migrations/baseline.ts';
import { migrations } from '../../db/migrations/index.ts';
import { withClient } from '../../dev/servers/postgres.ts';

/** One database made by the twenty migrations and one made by the baseline. */
let old: Db;
let made: Db;

async function migrated(name: string, given: Record<string, Migration>): Promise<Db> {
  await withClient(inject('postgresUrl'), async (client) => {
    await client.query(`create database ${name} template template0`);
  });
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  const db = connect(url.href, { connections: 1 });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => given } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
  return db;
}

beforeAll(async () => {
  old = await migrated('by_migrations', migrations);
  made = await migrated('by_baseline', { '0001-baseline': baseline });
});

afterAll(async () => {
  await old.destroy();
  await made.destroy();
});

/** Everything of one kind, as rows that sort. */
const kinds = {
  tables: `select relname, relkind::text, relpersistence::text, relrowsecurity, reloptions,
      relowner::regrole::text, relreplident::text
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')`,
  columns: `select attrelid::regclass::text as of, attname, format_type(atttypid, atttypmod) as type,
      attnotnull, attidentity::text, attgenerated::text, attcollation, attcompression::text,
      attstorage::text, pg_get_expr(adbin, adrelid) as given
    from pg_attribute join pg_class on pg_class.oid = attrelid
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and attnum > 0
      and not attisdropped`,
  // A check that has a name in the baseline had a numbered one. One was added unvalidated to full
  // tables; in an empty table that makes no difference.
  constraints: `select conrelid::regclass::text as of, contype::text, condeferrable,
      condeferred, conenforced, regexp_replace(pg_get_constraintdef(oid), ' NOT VALID$', '') as rule,
      case when conname !~ '_check\\d*$' and contype <> 'c' then conname end as name
    from pg_constraint where connamespace = 'public'::regnamespace`,
  'named checks of the migrations': `select conname from pg_constraint
    where connamespace = 'public'::regnamespace and conname in ('events_of_the_catalogue',
      'parked_since', 'a_detail_of_a_stop', 'only_a_doubt_is_named', 'expected_of_what_stripe_has',
      'an_amount_has_its_currency', 'money_is_where_it_is_taken_from', 'sums_stay_whole_numbers')`,
  indexes: `select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'`,
  functions: `select oid::regprocedure::text as name, pg_get_function_result(oid) as result,
      pg_get_function_arguments(oid) as given, prokind::text, provolatile::text, proisstrict, prosecdef,
      proleakproof, proparallel::text, proconfig, procost, prorows, proowner::regrole::text,
      (select lanname from pg_language where pg_language.oid = prolang) as language,
      regexp_replace(regexp_replace(prosrc, '--[^\\n]*', '', 'g'), '\\s+', ' ', 'g') as source
    from pg_proc where pronamespace = 'public'::regnamespace`,
  triggers: `select tgrelid::regclass::text as of, tgname, tgenabled::text,
      pg_get_triggerdef(oid) as rule
    from pg_trigger where not tgisinternal`,
  sequences: `select schemaname, sequencename, data_type::text, start_value::text, min_value::text, max_value::text,
      increment_by::text, cycle, cache_size::text, last_value::text
    from pg_sequences`,
  types: `select typname, typtype::text from pg_type where typnamespace = 'public'::regnamespace`,
  grants: `select relname as name, relacl::text as rights from pg_class
    where relnamespace = 'public'::regnamespace
    union all select oid::regprocedure::text, proacl::text from pg_proc
    where pronamespace = 'public'::regnamespace
    union all select nspname::text, nspacl::text from pg_namespace where nspname = 'public'
    union all select 'default ' || defaclobjtype::text, defaclacl::text from pg_default_acl`,
  extensions: `select extname from pg_extension`,
  policies: `select tablename, policyname from pg_policies`,
};

const read = async (db: Db, query: string): Promise<string[]> => {
  const { rows } = await sql.raw<Record<string, unknown>>(query).execute(db);
  return rows.map((row) => JSON.stringify(row)).toSorted();
};

test.each(Object.entries(kinds))('the baseline makes the same %s', async (kind, query) => {
  const before = await read(old, query);
  if (!['policies'].includes(kind)) expect(before.length).toBeGreaterThan(0);
  expect(await read(made, query)).toEqual(before);
  console.log(`${kind}: ${before.length} the same`);
});

test('the baseline makes the same rows', async () => {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1
  `.execute(old);
  const counts: Record<string, number> = {};
  for (const { name } of rows.filter(({ name }) => !name.startsWith('kysely_'))) {
    const query = `select to_jsonb(one) - 'changed_at' as row from ${name} as one`;
    const before = await read(old, query);
    expect([name, await read(made, query)]).toEqual([name, before]);
    if (before.length > 0) counts[name] = before.length;
  }
  expect(counts).toEqual({ clock: 1, event_order: 1, operations: 1, reconciliation: 1 });
  console.log(`${rows.length} tables, rows in: ${JSON.stringify(counts)}`);
});
