import { businessNow } from './business-time.ts';
import type { Db, Tx } from './connect.ts';

/** Several statements that see one state, so that no part contradicts another. */
export async function atOneInstant<T>(db: Db, read: (tx: Tx) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(read);
}

/** The instant that they see. */
export async function readNow(tx: Tx): Promise<string> {
  const { now } = await tx.selectNoFrom(businessNow.as('now')).executeTakeFirstOrThrow();
  return now;
}
