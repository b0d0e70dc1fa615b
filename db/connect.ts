import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { Client, Pool, types, type ClientConfig } from 'pg';
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
    Client: PlanningClient,
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

const mark = '/* planned once */';

/**
 * Begins a statement that runs so often that each connection plans it only once: planning takes
 * several times as long as a short statement's work. Its values must not decide the best plan.
 */
export const planOnce = sql.raw(mark);

const names = new Map<string, string>();

/** A statement with a name keeps its plan; whose text is another has another name. */
function named(statement: unknown): unknown {
  if (typeof statement !== 'string' || !statement.startsWith(mark)) return statement;
  const name = names.get(statement) ?? `planned_${names.size}`;
  names.set(statement, name);
  return { name, text: statement };
}

class PlanningClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (first: unknown, ...more: unknown[]) => unknown;
    this.query = ((first: unknown, ...more: unknown[]) =>
      query(named(first), ...more)) as Client['query'];
  }
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
