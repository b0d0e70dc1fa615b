import { sql } from 'kysely';
import { afterAll } from 'vitest';
import { createStripe } from '../../activities/stripe/client.ts';
import { createApp } from '../../api/app.ts';
import type { AppDeps } from '../../api/http/context.ts';
import { createApiKey } from '../../db/api-keys.ts';
import { connect, type Db } from '../../db/connect.ts';
import { recordInstallation } from '../../db/operations/installation.ts';
import { newId, type PayoutId, type SellerId } from '../../domain/ids.ts';
import { createTestDatabase } from '../servers/environment.ts';
import { until } from '../../dev/wait.ts';

type Line = Parameters<AppDeps['log']>[0];

/** Keys that every API of the tests knows. */
export const keys = {
  admin: 'pe_admin_0123456789abcdef',
  other: 'pe_other_0123456789abcdef',
  read: 'pe_read_0123456789abcdef',
} as const;

const platform = {
  stripeAccount: 'acct_platform',
  livemode: false,
  stripeIs: 'sandbox',
  temporalNamespace: 'default',
} as const;

const opened: Db[] = [];
afterAll(() => Promise.all(opened.map((db) => db.destroy())));

/**
 * The app on a database of its own, with what it said, woke and asked of the database. A worker has
 * recorded the country of the platform, unless it is null.
 */
export async function createTestApp(
  given: Partial<AppDeps> = {},
  platformCountry: string | null = 'US',
) {
  const statements: string[] = [];
  const lines: Line[] = [];
  const databaseUrl = await createTestDatabase();
  const onStatement = (text: string) => statements.push(text);
  const db = connect(databaseUrl, { connections: 12, onStatement });
  opened.push(db);
  await db.transaction().execute(async (tx) => {
    await createApiKey(tx, { key: keys.admin, name: 'shop', role: 'admin' });
    await createApiKey(tx, { key: keys.other, name: 'back office', role: 'admin' });
    await createApiKey(tx, { key: keys.read, name: 'dashboard', role: 'read' });
  });
  if (platformCountry !== null) await recordInstallation(db, { ...platform, platformCountry });
  const woken = { times: 0 };
  const app = createApp({
    db,
    log: (line) => lines.push(line),
    wakeSoon: () => (woken.times += 1),
    countWorkers: () => Promise.resolve(1),
    stripe: { webhookSecrets: [], livemode: false },
    stripeClient: createStripe({ secretKey: 'sk_test_sandbox', apiBase: 'http://127.0.0.1:9' }),
    turns: { take: async () => undefined },
    ...given,
  });
  return { app, db, databaseUrl, statements, lines, woken };
}

/** A request as a caller with a key sends it. */
export function asCaller(
  given: { key?: string; body?: unknown; idempotencyKey?: string; method?: string } = {},
): RequestInit {
  const { key = keys.admin, body, idempotencyKey } = given;
  return {
    method: given.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}

/** The kind of problem that a refusal names. */
export async function problemOf(answer: Response): Promise<string> {
  const { type } = (await answer.json()) as { type: string };
  return `${answer.status} ${type.replace('/problems/', '')}`;
}

/** A seller's row, active at an account of its own unless said otherwise. */
export async function insertSeller(
  db: Db,
  given: { account?: `acct_${string}`; status?: 'active' | 'closed'; lookAgainAt?: string } = {},
): Promise<SellerId> {
  const id = newId('sel');
  await db
    .insertInto('sellers')
    .values({
      id,
      status: given.status ?? 'active',
      email: 'seller@example.com',
      country: 'DE',
      currency: 'eur',
      entity_type: 'individual',
      metadata: '{}',
      stripe_account: given.account ?? `acct_${id.slice(4)}`,
      look_again_at: given.lookAgainAt ?? null,
    })
    .execute();
  return id;
}

/** A payout's row of this seller. */
export async function insertPayout(
  db: Db,
  sellerId: SellerId,
  given: Record<string, string | null> = {},
): Promise<PayoutId> {
  const id = newId('payout');
  const row = { id, seller_id: sellerId, currency: 'eur', ordered_by: 'key_test', ...given };
  await db.insertInto('payouts').values(row).execute();
  return id;
}

/** Who waits to be told what. */
export async function readWakeUps(db: Db): Promise<Record<string, string[]>> {
  const rows = await db.selectFrom('wake_ups').selectAll().execute();
  return Object.fromEntries(
    rows.map(({ workflow_id, topics }) => [workflow_id, [...topics].sort()]),
  );
}

/** SQL with a row for each statement of this database that waits for another. */
export const waitingHere = `select from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock'`;

/** A connection that was cut tells its client so before its server process lets go of its locks. */
export async function untilUnlocked(db: Db): Promise<void> {
  await until('no key of a command is locked', async () => {
    const { rows } = await sql`select from pg_locks join pg_database on database = pg_database.oid
      where locktype = 'advisory' and datname = current_database()`.execute(db);
    return rows.length === 0;
  });
}
