import type { Db } from '../connect.ts';

/** How far an event list was read. Undefined before the first read. */
export async function readCursor(db: Db, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('sweep_cursors')
    .select('cursor')
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.cursor;
}

/** Records how far an event list was read. */
export async function recordCursor(db: Db, name: string, cursor: string): Promise<void> {
  await db
    .insertInto('sweep_cursors')
    .values({ name, cursor })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ cursor }))
    .execute();
}
