import { sql } from 'kysely';
import { connect, type Db } from '../../db/connect.ts';
import { until } from '../../dev/wait.ts';

/** A point in the database at which the engine's statement waits until the test opens the gate. */
export type Gate = {
  /** Waits until a statement is waiting at the gate. */
  reached: () => Promise<void>;
  /** Releases every waiting statement and lets later statements pass. */
  open: () => Promise<void>;
  /** Ends the waiting statements as if their connections had broken, then opens the gate. */
  break: () => Promise<void>;
};

/** Each gate has its own lock, so that several gates may be closed on one table. */
let lastLock = 4242;

/** Closes a gate on rows of a table, `before insert` or `before update`, if the condition holds. */
export async function closeGate(
  databaseUrl: string,
  { on, table, when }: { on: 'insert' | 'update'; table: string; when: string },
): Promise<Gate> {
  lastLock += 1;
  const lock = lastLock;
  const keeper = connect(databaseUrl, { connections: 1 });
  const other = connect(databaseUrl, { connections: 1 });
  // In a transaction, because the pool closes an idle connection, which would release the lock.
  const closed = await keeper.startTransaction().execute();
  await sql.raw(`select pg_advisory_xact_lock(${lock})`).execute(closed);
  await sql
    .raw(
      `create function stand_at_gate_${lock}() returns trigger language plpgsql as
       $$ begin perform pg_advisory_xact_lock_shared(${lock}); return new; end $$;
       create trigger gate_${lock} before ${on} on ${table}
         for each row when (${when}) execute function stand_at_gate_${lock}()`,
    )
    .execute(other);
  const open = async (): Promise<void> => {
    // The trigger remains: dropping it would wait for the statements at the table's other gates.
    await closed.rollback().execute();
    await Promise.all([keeper.destroy(), other.destroy()]);
  };
  return {
    reached: async () => {
      await until('a statement stops at the gate', async () => {
        return (await standing(other, lock)).length > 0;
      });
    },
    open,
    break: async () => {
      await until('no statement is left at the gate', async () => {
        const stopped = await standing(other, lock);
        for (const pid of stopped)
          await sql`select pg_terminate_backend(${pid}::int)`.execute(other);
        return stopped.length === 0;
      });
      await open();
    },
  };
}

async function standing(db: Db, lock: number): Promise<number[]> {
  const { rows } = await sql<{ pid: number }>`
    select pid from pg_locks where locktype = 'advisory' and objid = ${lock} and not granted
      and database = (select oid from pg_database where datname = current_database())
  `.execute(db);
  return rows.map(({ pid }) => pid);
}
