import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { Client, type ClientConfig, DatabaseError, Pool, types } from 'pg';
import type { Database } from './schema/index.ts';

/** A connection or a transaction: anything that can run a statement. */
export type Db = Kysely<Database>;
/** A transaction. A function takes a `Tx` if its lock must last until the transaction ends. */
export type Tx = Transaction<Database>;

/** Amounts are returned as numbers, because the schema keeps them below 2^53. */
const bigintOid = types.builtins.INT8;
/** A day stays text: a `Date` would move it to the day before in zones behind UTC. */
const dateOid = types.builtins.DATE;
const timestampOid = types.builtins.TIMESTAMPTZ;

/**
 * Opens a pool. `onStatement` receives each SQL text, so that tests can count the statements of a
 * payout.
 */
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
  // If the server stops, its connections break. The statement that uses a connection fails, and the
  // pool opens new connections by itself. Without a listener, the event would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const { onStatement } = options;
  return new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    ...(onStatement && { log: (event) => onStatement(event.query.sql) }),
  });
}

/**
 * The names of prepared statements, by their text. The number of names is limited, because some
 * statements have a different text for each number of values.
 */
const names = new Map<string, string>();
const mostNames = 1000;

/**
 * Names a statement. A named statement keeps its plan on each connection, because planning a short
 * statement takes several times as long as running it. PostgreSQL plans again if the best plan
 * depends on the values. But in `on conflict`, the condition of a partial index must be a literal,
 * not a parameter.
 */
function named(text: string): string | undefined {
  if (!names.has(text) && names.size < mostNames) names.set(text, `planned_${names.size}`);
  return names.get(text);
}

class PlanningClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...given: unknown[]) => unknown;
    this.query = ((first: unknown, values?: unknown, ...more: unknown[]) => {
      const isOften = typeof first === 'string' && Array.isArray(values) && values.length > 0;
      const name = isOften ? named(first) : undefined;
      if (name === undefined) return query(first, values, ...more);
      return this.#replanned(query({ name, text: first, values }, ...more));
    }) as Client['query'];
  }

  /**
   * A migration may change the result type of a kept plan. The connection is then closed, and the
   * pool opens a new connection.
   */
  async #replanned(answer: unknown): Promise<unknown> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof DatabaseError && error.code === featureNotSupported) void this.end();
      throw error;
    }
  }
}

/** The code of "cached plan must not change result type", which has no code of its own. */
const featureNotSupported = '0A000';

type TypeId = Parameters<typeof types.getTypeParser>[0];

function parserOf(oid: TypeId, format?: 'text' | 'binary') {
  if (oid === bigintOid) return (value: string) => safeInteger(value);
  if (oid === dateOid) return (value: string) => value;
  if (oid === timestampOid) return (value: string) => new Date(value).toISOString();
  return format === 'binary' ? types.getTypeParser(oid, 'binary') : types.getTypeParser(oid);
}

function safeInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`not a safe integer: ${value}`);
  return number;
}
