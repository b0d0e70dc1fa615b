import { sql } from 'kysely';
import { type SellerId, sellerWorkflowId, type StripeAccountId } from '../../domain/ids.ts';
import { parkNames, type SellerParkReason } from '../../domain/parking/reasons.ts';
import type { Db, Tx } from '../connect.ts';
import { lock } from '../locks.ts';
import { businessNow } from '../time.ts';
import { addWakeUps } from '../wake-ups.ts';

/**
 * Locks the seller until the transaction ends. Returns why the seller waits for a person. The
 * trigger `note_parked` in sellers.sql records the time of the parking.
 */
export async function lockParkedSeller(
  tx: Tx,
  sellerId: SellerId,
): Promise<{ parked: SellerParkReason | null } | undefined> {
  return tx
    .selectFrom('sellers')
    .select('parked')
    .where('id', '=', sellerId)
    .modifyEnd(lock('sellers', 'alone'))
    .executeTakeFirst();
}

/**
 * Ends the parking of a seller, and wakes the seller's workflow, which retries the step under a new
 * key.
 */
export async function unparkSeller(tx: Tx, sellerId: SellerId): Promise<void> {
  await tx.updateTable('sellers').set({ parked: null }).where('id', '=', sellerId).execute();
  await addWakeUps(tx, [{ workflowId: sellerWorkflowId(sellerId), topics: ['account'] }]);
}

/** Parks a seller because Stripe refused to set the account's payouts to manual. */
export async function parkAutomatic(db: Db, sellerId: SellerId): Promise<void> {
  await db
    .updateTable('sellers')
    .set({ parked: 'manual-payouts-refused' })
    .where('id', '=', sellerId)
    .where('payouts_manual_at', 'is', null)
    .where('status', '<>', 'closed')
    .execute();
}

/**
 * Removes an account that a person named but that does not exist or belongs to somebody else. The
 * outcome of the account's creation is then unknown again. If the account was already read, changes
 * nothing and returns false.
 */
export async function forgetAccount(
  db: Db,
  { sellerId, stripeAccount }: { sellerId: SellerId; stripeAccount: StripeAccountId },
): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    const { numUpdatedRows: forgotten } = await tx
      .updateTable('sellers')
      .set({ stripe_account: null, parked: parkNames.accountUnknown })
      .where('id', '=', sellerId)
      .where('stripe_account', '=', stripeAccount)
      .where('account_read_at', 'is', null)
      .executeTakeFirst();
    if (forgotten === 0n) return false;
    await tx
      .updateTable('attempts')
      .set({ state: 'unknown', stripe_id: null, decided_at: null })
      .where('object_id', '=', sellerId)
      .where('step', '=', 'account')
      .where('state', '=', 'succeeded')
      .execute();
    return true;
  });
}

/** Records that a person found the account at Stripe, so the creation of the account succeeded. */
export async function confirmAccountCreated(
  tx: Tx,
  sellerId: SellerId,
  account: StripeAccountId,
): Promise<void> {
  await answerUnknown(tx, sellerId, { state: 'succeeded', stripe_id: account });
  await tx
    .updateTable('sellers')
    .set({ stripe_account: account })
    .where('id', '=', sellerId)
    .where('stripe_account', 'is', null)
    .execute();
  await unparkSeller(tx, sellerId);
}

/**
 * When Stripe may first have created the account whose creation is unknown. Undefined if the
 * seller does not wait for a person to say whether Stripe did.
 */
export async function findAccountDoubt(db: Db, sellerId: SellerId): Promise<string | undefined> {
  const row = await db
    .selectFrom('sellers')
    .select(
      sql<string>`coalesce((select min(first_sent_at) from attempts
        where object_id = sellers.id and step = 'account'), created_at)`.as('since'),
    )
    .where('id', '=', sellerId)
    .where('parked', '=', parkNames.accountUnknown)
    .executeTakeFirst();
  return row?.since;
}

/**
 * Records that a person is certain that Stripe created no account, so the next attempt creates one.
 */
export async function confirmAccountNotCreated(tx: Tx, sellerId: SellerId): Promise<void> {
  await answerUnknown(tx, sellerId, { state: 'refused', refusal: 'confirmed-not-sent' });
  await unparkSeller(tx, sellerId);
}

/**
 * Takes back that Stripe created no account for the seller. The attempt that may have created it
 * has created `account`, or is unknown again, and a person decides.
 */
export async function doubtAccount(
  db: Db,
  sellerId: SellerId,
  account: StripeAccountId | null,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const seller = await lockParkedSeller(tx, sellerId);
    if (!seller || seller.parked) return;
    // The check before the POST stops a worker that still uses the attempt that was not sent.
    await tx
      .updateTable('attempts')
      .set({ state: 'refused', refusal: 'confirmed-not-sent', decided_at: businessNow })
      .where('object_id', '=', sellerId)
      .where('step', '=', 'account')
      .where('state', '=', 'started')
      .whereRef('tries', '=', 'denied_tries')
      .execute();
    const { rows } = await sql`
      update attempts set refusal = null, state = ${account ? 'succeeded' : 'unknown'},
        stripe_id = ${account}, decided_at = case when ${account}::text is not null
          then business_now() end
      where key = (select key from attempts where object_id = ${sellerId} and step = 'account'
          and refusal = 'confirmed-not-sent' and first_sent_at is not null
        order by number desc limit 1)
        and not exists (select from attempts where object_id = ${sellerId} and step = 'account'
          and state <> 'refused')
      returning key
    `.execute(tx);
    if (rows.length === 0) return;
    await tx
      .updateTable('sellers')
      .set(account ? { stripe_account: account } : { parked: parkNames.accountUnknown })
      .where('id', '=', sellerId)
      .where('stripe_account', 'is', null)
      .execute();
  });
}

type Answer =
  | { state: 'succeeded'; stripe_id: StripeAccountId }
  | { state: 'refused'; refusal: 'confirmed-not-sent' };

async function answerUnknown(tx: Tx, sellerId: SellerId, answer: Answer): Promise<void> {
  await tx
    .updateTable('attempts')
    .set({ ...answer, decided_at: businessNow })
    .where('object_id', '=', sellerId)
    .where('step', '=', 'account')
    .where('state', 'in', ['started', 'unknown'])
    .execute();
}

/**
 * Parks a seller without an account until a person decides. A seller whose account was created
 * meanwhile continues.
 */
export async function parkSeller(
  db: Db,
  sellerId: SellerId,
  reason: SellerParkReason,
): Promise<void> {
  await db
    .updateTable('sellers')
    .set({ parked: reason })
    .where('id', '=', sellerId)
    .where('stripe_account', 'is', null)
    .execute();
}
