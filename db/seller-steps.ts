import { sql, type Selectable } from 'kysely';
import {
  payoutWorkflowId,
  sellerWorkflowId,
  type PayoutId,
  type SellerId,
  type StripeAccountId,
} from '../domain/ids.ts';
import type { CapabilityDetail } from '../domain/capabilities.ts';
import { inFlightStatuses, type WaitReason } from '../domain/payout.ts';
import { statusOf, type Seller } from '../domain/seller.ts';
import { dueOf, type Requirement } from '../domain/requirements.ts';
import { businessNow, inMinutes } from './business-time.ts';
import { payAnew, recordBankAccounts, type BankAccountFacts } from './bank-accounts.ts';
import type { Stop } from '../domain/holds.ts';
import type { Db, Tx } from './connect.ts';
import { paydayAt } from './payday-funds.ts';
import { stopsOf } from './holds.ts';
import { lastErrorOf } from './last-error.ts';
import { replaceRequirements } from './requirements.ts';
import type { Database } from './schema.ts';
import { addWakeUps } from './wake-ups.ts';

/** Reads a seller as its workflow sees it, with the payouts that may start now. */
export async function readSellerForWorkflow(db: Db, sellerId: SellerId): Promise<Seller> {
  const { rows } = await sql<SellerRow>`
    select sellers.*, business_now() as now, ${paydayAt} as payday_at, array(
      select distinct on (payouts.currency) payouts.id from payouts
      where seller_id = sellers.id and payouts.status = 'requested' and started_at is null
        and not exists (select from payouts busy where busy.seller_id = sellers.id
          and busy.currency = payouts.currency and (busy.status in ('reserved', 'transferred')
            or busy.status = 'requested' and busy.started_at is not null))
      order by payouts.currency, payouts.created_at
    ) as startable, array(select payouts.id from payouts where seller_id = sellers.id
        and payouts.status in ('requested', 'reserved', 'transferred', 'sent')
      order by created_at limit 5
    ) as under_way, ${stopsOf(sql.ref('sellers.id'))} as stops,
      (select count(*)::int from requirements where seller_id = sellers.id
        and deadline <> 'eventually_due') as requirements_due,
      earns_at_account and (movements_read_at is null
        or movements_read_at < business_now() - interval '1 minute') as movements_due,
      case when parked is not null then ${lastErrorOf(sql.ref('sellers.id'))} end as last_error
    from sellers where id = ${sellerId}
  `.execute(db);
  const [row] = rows;
  if (!row) throw new Error(`no such seller: ${sellerId}`);
  return {
    sellerId: row.id,
    status: row.status,
    country: row.country,
    currency: row.currency,
    stripeAccount: row.stripe_account,
    accountKnown: row.account_read_at !== null,
    canReceiveTransfers: row.transfers_capability === 'active',
    canPayOut: row.payouts_capability === 'active',
    payoutsAreManual: row.payouts_manual_at !== null,
    requirementsDue: row.requirements_due,
    movementsDue: row.movements_due,
    startablePayouts: row.startable,
    payoutsUnderWay: row.under_way,
    paydayAt: row.payday_at,
    stops: row.stops,
    lookAgainAt: row.look_again_at,
    parked: row.parked,
    lastError: row.last_error,
    now: row.now,
  };
}

/** What an account is made from. Personal data: never leaves the activity that needs it. */
export async function readAccountDetails(db: Db, sellerId: SellerId) {
  return db
    .selectFrom('sellers')
    .select(['email', 'display_name', 'country', 'currency', 'entity_type'])
    .where('id', '=', sellerId)
    .executeTakeFirstOrThrow();
}

/** The seller's account at Stripe exists; its attempt is answered in the same statement. */
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

/** Stops a seller without an account until a person decides; one that got it meanwhile goes on. */
export async function parkSeller(db: Db, sellerId: SellerId, reason: string): Promise<void> {
  await db
    .updateTable('sellers')
    .set({ parked: reason })
    .where('id', '=', sellerId)
    .where('stripe_account', 'is', null)
    .execute();
}

/** What Stripe says of the account, as it was read at business time. */
export type AccountFacts = {
  /** When Stripe was asked, in business time. */
  askedAt: string;
  /** The account that was read: what is told of one that was forgotten meanwhile counts no more. */
  account?: StripeAccountId;
  transfers: string;
  payouts: string;
  details?: readonly CapabilityDetail[];
  requirements?: readonly Requirement[];
  /** Absent where nobody asked, since they were not set to manual yet. */
  payoutsAreManual?: boolean | undefined;
  /** Absent where Stripe did not tell them. */
  banks?: readonly BankAccountFacts[] | undefined;
  /** How long a changed one takes no payout; none by default. */
  bankCoolingHours?: number;
};

/** How often an account that is not active yet is read again when no event comes, in minutes. */
const rereadMinutes = 24 * 60;

/**
 * Writes down what the account can do, and what that makes of the seller; unless somebody asked
 * Stripe later and was quicker.
 */
export async function recordAccountRead(
  db: Db,
  sellerId: SellerId,
  facts: AccountFacts,
  /** True where somebody else than the seller's own workflow read it. */
  wakesSeller = false,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const seller = await tx
      .selectFrom('sellers')
      .select(['status', 'payouts_manual_at', 'account_read_at', 'stripe_account'])
      .where('id', '=', sellerId)
      // Not `for update`: a row that refers to the seller, as of a bank that failed, may come in.
      .forNoKeyUpdate()
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
        account_read_at: facts.askedAt,
        account_tried_at: businessNow,
        look_again_at: status === 'active' ? null : inMinutes(rereadMinutes),
      })
      .where('id', '=', sellerId)
      .execute();
    if (facts.requirements) await replaceRequirements(tx, sellerId, facts.requirements);
    if (facts.banks) {
      await recordBankAccounts(tx, sellerId, facts.banks, facts.bankCoolingHours);
    }
    const ordered = facts.banks && status !== 'closed' ? await payAnew(tx, sellerId) : [];
    const isOther = status !== seller.status || payoutsAreManual !== wereManual;
    if (wakesSeller && isOther && ordered.length === 0) {
      await addWakeUps(tx, [{ workflowId: sellerWorkflowId(sellerId), topics: ['payouts'] }]);
    }
    if (status === 'active') await wakeWaitingPayouts(tx, sellerId);
  });
}

/** What a payout waits for that a seller or Stripe changes at the account. */
const accountReasons: WaitReason[] = [
  'seller-not-active',
  'capability',
  'bank-details',
  'cooling-period',
  'automatic-payouts',
];

/** Something about the account is different: what was refused because of it may go now. */
export async function wakeWaitingPayouts(tx: Tx, sellerId: SellerId): Promise<void> {
  const waiting = await tx
    .selectFrom('payouts')
    .select('id')
    .where('seller_id', '=', sellerId)
    .where('status', 'in', ['requested', ...inFlightStatuses])
    .where('waiting_for', 'in', accountReasons)
    .execute();
  const wakeUps = waiting.map(({ id }) => {
    return { workflowId: payoutWorkflowId(id), topics: ['payouts' as const] };
  });
  await addWakeUps(tx, wakeUps);
}

/** The account's schedule was read back as manual: only the engine pays it out now. */
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
    if (status === 'active') await wakeWaitingPayouts(tx, sellerId);
  });
}

type SellerRow = Selectable<Database['sellers']> & {
  now: string;
  startable: PayoutId[];
  under_way: PayoutId[];
  payday_at: string | null;
  requirements_due: number;
  movements_due: boolean;
  last_error: string | null;
  stops: Stop[];
};
