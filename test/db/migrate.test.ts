import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { withClient } from '../../dev/servers/postgres.ts';
import { createTestDatabase } from '../servers/environment.ts';
import { asOfOlderVersion } from '../servers/older-version.ts';
import { root } from '../servers/program.ts';

const says = /made by a version of payout-engine from before the first release.*Nothing in it was/;
const remedy = /with everything stopped, create a fresh database and a fresh Temporal namespace/;

/** Runs a program of the engine until it ends. */
async function run(script: string, databaseUrl: string) {
  const child = spawn(process.execPath, [script], {
    cwd: root,
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      STRIPE_SECRET_KEY: 'sk_test_sandbox',
      STRIPE_API_BASE: 'http://127.0.0.1:9',
      ADMIN_API_KEY: 'admin-key-of-the-process',
      API_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, words: out + errors };
}

/** What a program changes first: migrations and tables, its key, and whose database it is. */
async function readAll(databaseUrl: string): Promise<unknown> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query(`select
      (select json_agg(name order by name) from kysely_migration) as migrations,
      (select json_agg(tablename order by tablename) from pg_tables) as tables,
      (select count(*) from api_keys) as keys, (select count(*) from installation) as owners,
      (select count(*) from checks) as checks, (select count(*) from budget_slots) as requests`);
    return rows;
  });
}

describe('a database of an older version', () => {
  let databaseUrl: string;
  beforeAll(async () => {
    databaseUrl = await createTestDatabase();
    await asOfOlderVersion(databaseUrl);
  });

  test.each(['db/migrate.ts', 'workers/main.ts', 'api/main.ts', 'workers/recover.ts'])(
    'makes %s end with one line that says what to do, and stays as it is',
    async (script) => {
      const before = await readAll(databaseUrl);
      const { code, words } = await run(script, databaseUrl);
      expect(code).toBe(1);
      expect(words.trim().split('\n')).toEqual([expect.stringMatching(says)]);
      expect(words).toMatch(remedy);
      expect(words).toContain('it contains the migration 0001-foundation, which no longer exists');
      expect(await readAll(databaseUrl)).toEqual(before);
    },
  );
});

test('a migrated database is migrated again without a word', async () => {
  expect(await run('db/migrate.ts', await createTestDatabase())).toEqual({ code: 0, words: '' });
});

test('a newer version’s database is migrated by the newer version alone', async () => {
  const databaseUrl = await createTestDatabase();
  await withClient(databaseUrl, (client) =>
    client.query(`insert into kysely_migration values ('0099-later', '2026-01-02T00:00:00.000Z')`),
  );
  const before = await readAll(databaseUrl);
  const { code, words } = await run('db/migrate.ts', databaseUrl);
  expect(code).toBe(1);
  expect(words).toMatch(/migrated by a newer version.*0099-later.*Use the newer version/);
  expect(await readAll(databaseUrl)).toEqual(before);
});
