import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The files of the baseline, each after the files that it refers to. */
export const baselineFiles = [
  'clock',
  'append-only',
  'events',
  'operations',
  'api-keys',
  'commands',
  'sellers',
  'accounts',
  'earnings',
  'payouts',
  'holds',
  'ledger',
  'stripe',
  'stripe-events',
  'wake-ups',
  'reconciliation',
  'recovery',
  'attention',
].map((noun) => `0001-baseline/${noun}.sql`);

/** Creates every table at once. */
export const baseline: Migration = {
  async up(db) {
    for (const file of baselineFiles) {
      const statements = readFileSync(new URL(file, import.meta.url), 'utf8');
      await sql.raw(statements).execute(db);
    }
  },
};
