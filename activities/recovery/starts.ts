import type { Db } from '../../db/connect.ts';
import { recordCheck } from '../../db/operations/checks.ts';
import { listPossibleLosses, recordBehindStripe, recordStart } from '../../db/recovery/starts.ts';
import { lossCheck } from '../../domain/recovery/starts.ts';

/**
 * Records a new start of PostgreSQL. If it may have lost changes, an event says which, and a check
 * fails until a person acknowledges it.
 */
export async function noteStart(db: Db): Promise<void> {
  await recordStart(db);
  await check(db);
}

/** Says that the database has lost changes if Stripe knows more than the database. */
export async function noteBehindStripe(db: Db): Promise<void> {
  await recordBehindStripe(db);
  await check(db);
}

async function check(db: Db): Promise<void> {
  await recordCheck(db, lossCheck(await listPossibleLosses(db)));
}
