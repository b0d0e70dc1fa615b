import { sql } from 'kysely';
import { connect, type Db } from '../../db/connect.ts';
import { until } from '../../dev/wait.ts';

/** A place in the database where the engine's statement stops until the test lets it on. */
export type Gate = {
  /** Waits until a statement stands at the gate. */
  reached: () => Promise<void>;
  /** Lets on whoever stands there, and everybody after. */
  open: () => Promise<void>;
  /** Ends whoever stands there, as if their connection broke, then opens. */
  break: () => Promise<void>;
};

const lock = 4242;

/** Closes a gate on rows of a table: `before insert` or `before update`, where the condition holds. */
export async function closeGate(
  databaseUrl: string,
  { on, table, when }: { on: 'insert' | 'update'; table: string; when: string },
): Promise<Gate> {
  const keeper = connect(databaseUrl, { connections: 1 });
  const other = connect(databaseUrl, { connections: 1 });
  // In a transaction, since a pool closes a connection that idles, and the lock would go with it.
  const closed = await keeper.startTransaction().execute();
  await sql.raw(`select pg_advisory_xact_lock(${lock})`).execute(closed);
  await sql
    .raw(
      `create or replace function stand_at_gate() returns trigger language plpgsql as
       $$ begin perform pg_advisory_xact_lock_shared(${lock}); return new; end $$;
       create trigger gate before ${on} on ${table}
         for each row when (${when}) execute function stand_at_gate()`,
    )
    .execute(other);
  const end = async (): Promise<void> => {
    await closed.rollback().execute();
    // Waits for those who stood at the gate, which keeps their lock on the table until they are through.
    await sql.raw(`drop trigger gate on ${table}`).execute(other);
    await Promise.all([keeper.destroy(), other.destroy()]);
  };
  return {
    reached: async () => {
      await until('somebody stands at the gate', async () => (await standing(other)).length > 0);
    },
    open: end,
    break: async () => {
      for (const pid of await standing(other)) {
        await sql`select pg_terminate_backend(${pid}::int)`.execute(other);
      }
      await end();
    },
  };
}

async function standing(db: Db): Promise<number[]> {
  const { rows } = await sql<{ pid: number }>`
    select pid from pg_locks where locktype = 'advisory' and objid = ${lock} and not granted
      and database = (select oid from pg_database where datname = current_database())
  `.execute(db);
  return rows.map(({ pid }) => pid);
}
