import type { Requirement } from '../../domain/accounts/requirements.ts';
import type { SellerId } from '../../domain/ids.ts';
import type { Db, Tx } from '../connect.ts';

/** Replaces the stored requirements with the current ones. */
export async function replaceRequirements(
  tx: Tx,
  sellerId: SellerId,
  requirements: readonly Requirement[],
): Promise<void> {
  await tx.deleteFrom('requirements').where('seller_id', '=', sellerId).execute();
  if (requirements.length === 0) return;
  await tx
    .insertInto('requirements')
    .values(
      requirements.map((one, position) => ({
        seller_id: sellerId,
        position,
        description: one.description,
        must_act: one.mustAct,
        deadline: one.deadline,
        deadline_at: one.deadlineAt,
        blocks: one.blocks,
        errors: one.errors,
      })),
    )
    .execute();
}

/** Lists what Stripe requires for the seller's account, most urgent first. */
export async function listRequirements(db: Db, sellerId: SellerId): Promise<Requirement[]> {
  const rows = await db
    .selectFrom('requirements')
    .selectAll()
    .where('seller_id', '=', sellerId)
    .orderBy('position')
    .execute();
  const urgency = ['past_due', 'currently_due', 'eventually_due'];
  return rows
    .map((row) => ({
      description: row.description,
      mustAct: row.must_act,
      deadline: row.deadline,
      deadlineAt: row.deadline_at,
      blocks: row.blocks,
      errors: row.errors,
    }))
    .sort((a, b) => urgency.indexOf(a.deadline) - urgency.indexOf(b.deadline));
}
