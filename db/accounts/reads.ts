import { sql } from 'kysely';
import type { CapabilityDetail } from '../../domain/accounts/capabilities.ts';
import { dueOf, type Requirement } from '../../domain/accounts/requirements.ts';
import { type SellerId, sellerWorkflowId, type StripeAccountId } from '../../domain/ids.ts';
import type { Agreement } from '../../domain/routing/route.ts';
import { statusOf } from '../../domain/sellers.ts';
import type { Db } from '../connect.ts';
import { hasFailed } from '../failed-reads/conditions.ts';
import { forgetFailedReads } from '../failed-reads/rows.ts';
import { lock } from '../locks.ts';
import { businessNow, inMinutes } from '../time.ts';
import { addWakeUps, transact } from '../wake-ups.ts';
import { type BankAccountFacts, payAnew, recordBankAccounts } from './bank-accounts.ts';
import { wakeWaitingPayouts } from './bank-pauses.ts';
import { replaceRequirements } from './requirements.ts';

/**
 * Reads the details for the creation of an account. They are personal data and never leave the
 * activity that needs them.
 */
export async function readAccountDetails(db: Db, sellerId: SellerId) {
  return db
    .selectFrom('sellers')
    .select(['email', 'display_name', 'country', 'currency', 'entity_type'])
    .where('id', '=', sellerId)
    .executeTakeFirstOrThrow();
}

/** Records the seller's new account, and in the same statement that its attempt succeeded. */
export async function recordAccountCreated(
  db: Db,
  { sellerId, account, key }: { sellerId: SellerId; account: StripeAccountId; key: string },
): Promise<void> {
  await db
    .with('answered', (query) =>
      query
        .updateTable('attempts')
        .set({ state: 'succeeded', stripe_id: account, decided_at: businessNow })
        .where('key', '=', key)
        .where('state', 'in', ['started', 'unknown'])
        .returning('key'),
    )
    .updateTable('sellers')
    .set({ stripe_account: account, parked: null })
    .where('id', '=', sellerId)
    .where('stripe_account', 'is', null)
    .execute();
}

/** The facts that a read of an account returned. */
export type AccountFacts = {
  /** When Stripe was asked, in business time. */
  askedAt: string;
  /** The account that was read. If the seller has another account by now, the facts are ignored. */
  account?: StripeAccountId;
  transfers: string;
  payouts: string;
  details?: readonly CapabilityDetail[];
  requirements?: readonly Requirement[];
  /** Absent if the setting was not read, because payouts were not set to manual yet. */
  payoutsAreManual?: boolean | undefined;
  /** Absent if they are known already, or cannot be known yet. */
  terms?: AccountTerms | undefined;
  /** Absent if Stripe does not list the account's bank accounts. */
  banks?: readonly BankAccountFacts[] | undefined;
  /** True if Stripe refused the read. Otherwise an earlier failure is over. */
  isUnread?: boolean;
  /** How many hours a changed bank account gets no payout. */
  bankCoolingHours: number;
};

/** What decides whether the platform's money can reach an account. It never changes. */
export type AccountTerms = { country: string | null; agreement: Agreement };

/** Reads what an account read must know before it asks Stripe. */
export async function readBeforeAccount(
  db: Db,
  sellerId: SellerId,
): Promise<{ askedAt: string; knowsTerms: boolean }> {
  return db
    .selectFrom('sellers')
    .select([businessNow.as('askedAt')])
    .select(sql<boolean>`service_agreement is not null`.as('knowsTerms'))
    .where('id', '=', sellerId)
    .executeTakeFirstOrThrow();
}

/** The minutes until an account that is not active is read again if no event arrives. */
const rereadMinutes = 24 * 60;

/**
 * Records the account's capabilities and the resulting status of the seller, unless a later read is
 * already recorded.
 */
export async function recordAccountRead(
  db: Db,
  sellerId: SellerId,
  facts: AccountFacts,
  /** True if somebody other than the seller's own workflow read the account. */
  wakesSeller = false,
): Promise<void> {
  await transact(db, async (tx) => {
    const seller = await tx
      .selectFrom('sellers')
      .select(['status', 'payouts_manual_at', 'account_read_at', 'stripe_account'])
      .select(hasFailed('account').as('wasUnread'))
      .where('id', '=', sellerId)
      .modifyEnd(lock('sellers', 'to-change'))
      .executeTakeFirstOrThrow();
    if (seller.account_read_at !== null && seller.account_read_at > facts.askedAt) return;
    if (facts.account !== undefined && facts.account !== seller.stripe_account) return;
    const wereManual = seller.payouts_manual_at !== null;
    const payoutsAreManual = wereManual && facts.payoutsAreManual !== false;
    const status = statusOf({
      status: seller.status,
      canReceiveTransfers: facts.transfers === 'active',
      canPayOut: facts.payouts === 'active',
      payoutsAreManual,
    });
    const due = facts.requirements && dueOf(facts.requirements);
    await tx
      .updateTable('sellers')
      .set({
        status,
        ...(due && { asked_now: due.now, asked_by: due.by }),
        transfers_capability: facts.transfers,
        payouts_capability: facts.payouts,
        capability_details: JSON.stringify(facts.details ?? []),
        ...(!payoutsAreManual && { payouts_manual_at: null }),
        ...termColumns(facts.terms),
        account_read_at: facts.askedAt,
        account_tried_at: businessNow,
        lists_banks: facts.banks !== undefined,
        look_again_at: status === 'active' ? null : inMinutes(rereadMinutes),
      })
      .where('id', '=', sellerId)
      .execute();
    if (seller.wasUnread && !facts.isUnread && facts.account) {
      await forgetFailedReads(tx, [facts.account], 'account');
    }
    if (facts.requirements) await replaceRequirements(tx, sellerId, facts.requirements);
    if (facts.banks) {
      await recordBankAccounts(tx, sellerId, facts.banks, facts.bankCoolingHours);
    }
    const ordered = facts.banks && status !== 'closed' ? await payAnew(tx, [sellerId]) : [];
    const isOther = status !== seller.status || payoutsAreManual !== wereManual;
    if (wakesSeller && isOther && ordered.length === 0) {
      await addWakeUps(tx, [{ workflowId: sellerWorkflowId(sellerId), topics: ['payouts'] }]);
    }
    if (status === 'active') await wakeWaitingPayouts(tx, [sellerId]);
  });
}

function termColumns(terms: AccountTerms | undefined) {
  return terms && { account_country: terms.country, service_agreement: terms.agreement };
}

/**
 * Records that the engine read the account's payouts back as manual: from now on, only the engine
 * pays out the account. The condition `isActive` repeats `statusOf` in domain/sellers.ts.
 */
export async function recordPayoutsManual(db: Db, sellerId: SellerId): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const isActive = sql<boolean>`status <> 'closed' and transfers_capability = 'active'
      and payouts_capability = 'active'`;
    const { status } = await tx
      .updateTable('sellers')
      .set({
        payouts_manual_at: businessNow,
        status: sql`case when ${isActive} then 'active' else status end`,
        look_again_at: sql`case when ${isActive} then null else look_again_at end`,
      })
      .where('id', '=', sellerId)
      .returning('status')
      .executeTakeFirstOrThrow();
    if (status === 'active') await wakeWaitingPayouts(tx, [sellerId]);
  });
}
