import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { Pool, types } from 'pg';
import type { Database } from './schema.ts';

/** A connection or a transaction: whatever can run one statement. */
export type Db = Kysely<Database>;
/** Where a lock must be held until the end, the signature asks for this. */
export type Tx = Transaction<Database>;

/** Amounts come back as numbers: the schema keeps them far below 2^53. */
const bigintOid = types.builtins.INT8;
const timestampOid = types.builtins.TIMESTAMPTZ;

/** Opens a pool. `onStatement` sees each SQL text, so that tests can count what a payout costs. */
export function connect(
  databaseUrl: string,
  options: { connections?: number; onStatement?: (sql: string) => void } = {},
): Db {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: options.connections ?? 10,
    types: { getTypeParser: parserOf },
  });
  // A server that goes away breaks connections, idle or in use; the pool opens new ones by itself,
  // and whoever used one learns it from the statement. Unheard, the event would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const { onStatement } = options;
  return new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    ...(onStatement && { log: (event) => onStatement(event.query.sql) }),
  });
}

type TypeId = Parameters<typeof types.getTypeParser>[0];

function parserOf(oid: TypeId, format?: 'text' | 'binary') {
  if (oid === bigintOid) return (value: string) => safeInteger(value);
  if (oid === timestampOid) return (value: string) => new Date(value).toISOString();
  return format === 'binary' ? types.getTypeParser(oid, 'binary') : types.getTypeParser(oid);
}

function safeInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`beyond whole numbers: ${value}`);
  return number;
}
