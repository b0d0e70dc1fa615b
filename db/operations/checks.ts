import { sql } from 'kysely';
import type { Db } from '../connect.ts';

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

/** The check that Stripe answers what is read of it. */
export const stripeAnswers = 'stripe-answers';

/** True from the moment Stripe was found silent until it answers again. */
export async function isStripeSilent(db: Db): Promise<boolean> {
  return (await listFailedChecks(db)).some(({ name }) => name === stripeAnswers);
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
