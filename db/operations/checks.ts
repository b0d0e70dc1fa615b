import { sql } from 'kysely';
import type { Db } from '../connect.ts';

/** The result of a check of the engine's surroundings, and what to do if the check failed. */
export type Check = { name: string; passed: boolean; remedy: string };

/** Lists the failed checks with their remedies. */
export async function listFailedChecks(db: Db) {
  return db
    .selectFrom('checks')
    .select(['name', 'remedy', 'checked_at as checkedAt'])
    .where('passed', '=', false)
    .orderBy('name')
    .execute();
}

/** The name of the check whether Stripe answers read requests. */
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
