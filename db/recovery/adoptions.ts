import { sql } from 'kysely';
import {
  attemptKey,
  payoutWorkflowId,
  type SellerId,
  sellerWorkflowId,
  type StripePayoutId,
} from '../../domain/ids.ts';
import type { PayoutStatus } from '../../domain/payouts/states.ts';
import { adoptedInFlight, reservesNothing } from '../../domain/recovery/adoption.ts';
import type { MadeAtStripe } from '../../domain/stripe.ts';
import type { Db, Tx } from '../connect.ts';
import { lock, lockSellers } from '../locks.ts';
import { cancelPayout } from '../payouts/cancellations.ts';
import { move } from '../payouts/move.ts';
import { orderAgain } from '../payouts/shortfalls.ts';
import { isInFlight, mayHaveMade } from '../schema/statuses.ts';
import { businessNow } from '../time.ts';
import { addWakeUps } from '../wake-ups.ts';
import { recordAdopted } from './adopted-payouts.ts';

/** A transfer or payout that Stripe made in our name and that this database does not know. */
export type Adoption = MadeAtStripe & {
  foundAt: string;
  /** Null if no seller has this account: the seller's row was lost, too. */
  sellerId: SellerId | null;
};

/** Lists what a person must still adopt or dismiss, oldest first. */
export async function listAdoptions(db: Db): Promise<Adoption[]> {
  const rows = await db
    .selectFrom('adoptions')
    .leftJoin('sellers', 'sellers.stripe_account', 'adoptions.stripe_account')
    .selectAll('adoptions')
    .select('sellers.id as seller_id')
    .where('adoptions.closed_at', 'is', null)
    .orderBy('adoptions.created_at')
    .orderBy('adoptions.payout_id')
    .orderBy('adoptions.step', 'desc') // the transfer goes before its payout
    .execute();
  return rows.map((row) => ({
    stripeId: row.stripe_id,
    step: row.step,
    payoutId: row.payout_id,
    stripeAccount: row.stripe_account,
    amount: row.amount,
    currency: row.currency,
    createdAt: row.created_at,
    foundAt: row.found_at,
    sellerId: row.seller_id,
  }));
}

/** Who decides about adoptions, and for what reason. */
export type AdoptionOrder = { by: string; reason: string };

/**
 * Adopts every open adoption whose seller is known: records the payouts under their old ids, in the
 * state that Stripe showed, and books their money. Returns the adoptions.
 */
export async function adoptAll(tx: Tx, order: AdoptionOrder): Promise<Adoption[]> {
  // Locks these rows and not `operations`, because a transaction that records adoptions from an
  // account's books locks its seller first and `operations` afterwards.
  await sql`select from adoptions where closed_at is null order by stripe_id
    ${lock('adoptions', 'alone')}`.execute(tx);
  const open = (await listAdoptions(tx)).filter(({ sellerId }) => sellerId !== null);
  // While the sellers are locked, none of their money is reserved.
  await lockSellers(tx, {
    sellers: open.flatMap(({ sellerId }) => sellerId ?? []),
    payouts: open.map(({ payoutId }) => payoutId),
  });
  const byPayout = [...Map.groupBy(open, ({ payoutId }) => payoutId).values()];
  // First records every sent attempt, because adopting a payout cancels other payouts that were not
  // sent.
  const standing: Standing[] = [];
  for (const found of byPayout) {
    const isCalledOff = await callOffOther(tx, found, order.by);
    const row = await recordSentAttempts(tx, found);
    standing.push({ of: found, row, isOrdered: isCalledOff || row?.status === 'requested' });
  }
  for (const one of standing) await adoptPayout(tx, { ...one, by: order.by });
  await close(tx, open, 'adopted', order);
  return open;
}

/**
 * Permanently dismisses an adoption, because the object belongs to another system or was corrected
 * by hand. Returns false if the adoption is not open.
 */
export async function dismissAdoption(
  tx: Tx,
  stripeId: string,
  order: AdoptionOrder,
): Promise<boolean> {
  const open = (await listAdoptions(tx)).filter((one) => one.stripeId === stripeId);
  await close(tx, open, 'dismissed', order);
  return open.length > 0;
}

async function close(
  tx: Tx,
  which: readonly Adoption[],
  outcome: 'adopted' | 'dismissed',
  { by, reason }: AdoptionOrder,
): Promise<void> {
  if (which.length === 0) return;
  await tx
    .updateTable('adoptions')
    .set({ outcome, closed_at: businessNow, closed_by: by, reason })
    .where(sql<boolean>`stripe_id = any(${which.map(({ stripeId }) => stripeId)}::text[])`)
    .execute();
}

/** The payout's row, if it was not lost. */
type Row = { status: PayoutStatus; stripePayoutId: StripePayoutId | null } | undefined;

/** Locks the payout's row, records the sent attempts, and returns the row. */
async function recordSentAttempts(tx: Tx, of: readonly Adoption[]): Promise<Row> {
  const row = await tx
    .selectFrom('payouts')
    .select(['status', 'stripe_payout_id as stripePayoutId'])
    .where('id', '=', of[0]?.payoutId ?? null)
    .modifyEnd(lock('payouts', 'alone'))
    .executeTakeFirst();
  for (const made of of) await recordSentAttempt(tx, made, reservesNothing(row));
  return row;
}

type Standing = {
  of: readonly Adoption[];
  row: Row;
  /** True if this database has the order of the payout, and nobody has ended the payout. */
  isOrdered: boolean;
};

/**
 * Adopts a payout. If Stripe has only the transfer, the payout ends, and its order is not carried
 * out yet: another payout with the same payday takes its place and pays the money from the account.
 */
async function adoptPayout(
  tx: Tx,
  { of, row, isOrdered, by }: Standing & { by: string },
): Promise<void> {
  const [first] = of;
  if (!first?.sellerId) return;
  const { payoutId, sellerId, currency } = first;
  if (row && !reservesNothing(row)) {
    await move(tx, adoptedInFlight(payoutId, row.status));
  } else {
    await callOffUnsent(tx, { sellerId, currency, by });
    const became = await recordAdopted(tx, sellerId, of);
    if (became === 'canceled' && isOrdered) await orderAgain(tx, payoutId, 'after-adoption');
  }
  await addWakeUps(tx, [
    { workflowId: payoutWorkflowId(payoutId), topics: ['payouts'] },
    { workflowId: sellerWorkflowId(sellerId), topics: ['payouts', 'money'] },
  ]);
}

/**
 * Cancels a payout that was reserved again after the restore, if its amounts differ from the
 * amounts that Stripe sent. Cancels nothing if this database sent an attempt of the payout, or if
 * Stripe made a step twice. In both cases, a look-up shows a person the difference. Returns true if
 * the payout is canceled.
 */
async function callOffOther(tx: Tx, of: readonly Adoption[], by: string): Promise<boolean> {
  const row = await tx
    .selectFrom('payouts')
    .select(['id', 'from_platform', 'from_account'])
    .where('id', '=', of[0]?.payoutId ?? null)
    .where(isInFlight())
    .where(
      sql<boolean>`not exists (select from attempts where object_id = payouts.id
        and ${mayHaveMade})`,
    )
    .modifyEnd(lock('payouts', 'alone'))
    .executeTakeFirst();
  if (!row || new Set(of.map(({ step }) => step)).size < of.length) return false;
  const { from_platform: transferred, from_account: besides } = row;
  const isOther = of.some(({ step, amount }) => {
    return amount !== (step === 'transfer' ? transferred : transferred + besides);
  });
  if (!isOther) return false;
  const plan = await cancelPayout(tx, row.id, by, compared);
  // Nobody ordered this cancellation. If its order remained, `recordAdopted` would record that
  // Stripe refused it.
  const unordered = { cancel_ordered_at: null, cancel_ordered_by: null };
  await tx.updateTable('payouts').set(unordered).where('id', '=', row.id).execute();
  return plan?.kind === 'end';
}

/**
 * Cancels payouts that were reserved while the adopted payout was unknown, because they may contain
 * the same money, and orders them again for what is payable afterwards. A payout that may already
 * have been sent continues.
 */
async function callOffUnsent(
  tx: Tx,
  { sellerId, currency, by }: { sellerId: SellerId; currency: string; by: string },
): Promise<void> {
  const inFlight = await tx
    .selectFrom('payouts')
    .select('id')
    .where('seller_id', '=', sellerId)
    .where('currency', '=', currency)
    .where(isInFlight())
    .orderBy('id')
    .modifyEnd(lock('payouts', 'alone'))
    .execute();
  for (const { id } of inFlight) {
    const plan = await cancelPayout(tx, id, by, compared);
    if (plan?.kind === 'end') await orderAgain(tx, id, 'after-adoption');
  }
}

/**
 * The comparison that found the adoptions has looked at Stripe: what a refused attempt made after
 * all is an adoption of its own.
 */
const compared = { isLooked: true };

/** Records an attempt that was sent, so that nothing sends it a second time. */
async function recordSentAttempt(
  tx: Tx,
  { payoutId, step, stripeId, stripeAccount, createdAt }: Adoption,
  isSettled: boolean,
): Promise<void> {
  // If money is reserved for the payout, the outcome is unknown: the normal look-up compares the
  // object at Stripe with the reserved amounts.
  const answer = isSettled
    ? { state: 'succeeded' as const, stripe_id: stripeId, decided_at: businessNow }
    : { state: 'unknown' as const };
  await tx
    .insertInto('attempts')
    .values({
      key: attemptKey({ objectId: payoutId, step, number: 'adopted' }),
      object_id: payoutId,
      step,
      number: sql<number>`coalesce((select max(number) from attempts
        where object_id = ${payoutId} and step = ${step}), 0) + 1`,
      account: step === 'payout' ? stripeAccount : null,
      api_version: 'adopted',
      request: '{}',
      first_sent_at: createdAt,
      last_sent_at: createdAt,
      tries: 1,
      ...answer,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['object_id', 'step'])
        .where(sql<boolean>`state <> 'refused'`)
        .doUpdateSet({ ...answer, first_sent_at: createdAt, last_sent_at: createdAt }),
    )
    .execute();
}
