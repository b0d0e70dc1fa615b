import { sql } from 'kysely';
import type { Db } from '../connect.ts';

/** A condition around the engine that must hold, and what to do if it does not. */
export type Check = { name: string; passed: boolean; remedy: string };

/** The failed checks, and what fixes each. */
export async function listFailedChecks(db: Db) {
  return db
    .selectFrom('checks')
    .select(['name', 'remedy', 'checked_at as checkedAt'])
    .where('passed', '=', false)
    .orderBy('name')
    .execute();
}

/** The name of the check that Stripe answers reads. */
export const stripeAnswers = 'stripe-answers';

/** True if Stripe did not answer at the last check. */
export async function isStripeSilent(db: Db): Promise<boolean> {
  return (await listFailedChecks(db)).some(({ name }) => name === stripeAnswers);
}

/** Records the result of a check. Only the latest result is kept. */
export async function recordCheck(db: Db, check: Check): Promise<void> {
  await db
    .insertInto('checks')
    .values(check)
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ ...check, checked_at: sql<string>`now()` }),
    )
    .execute();
}
