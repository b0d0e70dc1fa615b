import { sql } from 'kysely';
import type { Db } from './connect.ts';

/** Something around the engine that has to be so, and what to do when it is not. */
export type Check = { name: string; passed: boolean; remedy: string };

/** What is wrong around the engine, and what puts it right. */
export async function listFailedChecks(db: Db) {
  return db
    .selectFrom('checks')
    .select(['name', 'remedy', 'checked_at as checkedAt'])
    .where('passed', '=', false)
    .orderBy('name')
    .execute();
}

/** Writes down how a check went; the last time counts. */
export async function recordCheck(db: Db, check: Check): Promise<void> {
  await db
    .insertInto('checks')
    .values(check)
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ ...check, checked_at: sql<string>`now()` }),
    )
    .execute();
}
