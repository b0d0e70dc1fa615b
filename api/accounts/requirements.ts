import type { Db } from '../../db/connect.ts';
import { listRequirements } from '../../db/accounts/requirements.ts';
import { readClock } from '../../db/operations/clock.ts';
import { explainRequirement } from '../../domain/accounts/requirements.ts';
import type { SellerId } from '../../domain/ids.ts';

/** Lists what Stripe requires from a seller, with the texts that explain it now. */
export async function showRequirements(db: Db, sellerId: SellerId) {
  const all = await listRequirements(db, sellerId);
  if (all.length === 0) return [];
  const { now } = await readClock(db);
  return all.map((one) => explainRequirement(one, now));
}
