import { sql } from 'kysely';
import { createApiKey } from '../../db/api-keys.ts';
import { connect, type Db } from '../../db/connect.ts';
import { recordEarnings } from '../../db/earnings/rows.ts';
import { recordPayoutOrder } from '../../db/payouts/orders.ts';
import { reservePayout } from '../../db/payouts/reservation.ts';
import { liftStop, stopMoney } from '../../db/money-stops/orders.ts';
import { readOperations } from '../../db/money-stops/rows.ts';
import { readPayout } from '../../db/payouts/rows.ts';
import { recordSent, recordTransferred } from '../../db/payouts/steps.ts';
import * as attempts from '../../db/stripe/attempts.ts';
import {
  type ApiKeyId,
  type EarningId,
  type MoneyStopId,
  newId,
  type PayoutId,
  type SellerId,
} from '../../domain/ids.ts';
import type { Place } from '../../domain/ledger.ts';
import type { StopCause } from '../../domain/money-stops.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import { createTestDatabase } from '../servers/environment.ts';

/** A database in which a platform owes money to sellers, and the steps of a payout in it. */
export type MoneyDatabase = Awaited<ReturnType<typeof startMoneyDatabase>>;

/** Creates the test file's own database. */
export async function startMoneyDatabase(connections = 10) {
  const databaseUrl = await createTestDatabase();
  const db = connect(databaseUrl, { connections });
  const key = { key: 'admin-key-of-the-tests-1', name: 'admin', role: 'admin' } as const;
  const { id: orderedBy } = await db.transaction().execute((tx) => createApiKey(tx, key));
  return { databaseUrl, db, ...sellersOf(db), ...stepsOf(db, orderedBy), ...truthOf(db) };
}

/** Stops all money, as an operator or, with another cause, as the engine does. */
export async function stopAllMoney(
  db: Db,
  { cause = 'operator', reason = 'a test' }: { cause?: StopCause; reason?: string } = {},
): Promise<MoneyStopId> {
  const by = cause === 'operator' ? 'key_of_the_tests' : 'engine';
  return db.transaction().execute((tx) => stopMoney(tx, { cause, reason, by }));
}

/** Lifts every open stop, whatever its cause, as if its reason no longer applied. */
export async function liftEveryStop(db: Db): Promise<void> {
  const { stops } = await readOperations(db);
  const lift = { by: 'key_of_the_tests', reason: 'a test' } as const;
  for (const { id } of stops) {
    await db.transaction().execute((tx) => liftStop(tx, { id, ...lift }));
  }
}

function sellersOf(db: Db) {
  return {
    /** Creates a seller who can be paid. */
    async seller(
      given: { id?: SellerId; currency?: string; account?: `acct_${string}` } = {},
    ): Promise<SellerId> {
      const id = given.id ?? newId('sel');
      await db
        .insertInto('sellers')
        .values({
          id,
          status: 'active',
          email: 'seller@example.com',
          country: 'DE',
          currency: given.currency ?? 'eur',
          entity_type: 'individual',
          metadata: '{}',
          stripe_account: given.account ?? `acct_${id.slice(4)}`,
          payouts_manual_at: sql<string>`business_now()`,
        })
        .execute();
      return id;
    },
    /** Adds a bank account in another currency to the seller's own. */
    bank: (sellerId: SellerId, currency: string) =>
      db
        .insertInto('bank_accounts')
        .values({
          seller_id: sellerId,
          stripe_id: `ba_${currency}`,
          currency,
          status: 'new',
          is_default: true,
        })
        .execute(),
    /** Records an earning, payable at once unless the options say otherwise. */
    async earn(
      sellerId: SellerId,
      amount: number,
      given: { currency?: string; availableOn?: string; charge?: string } = {},
    ): Promise<EarningId> {
      const earning = {
        sellerId,
        externalId: newId('order'),
        amount,
        currency: given.currency ?? 'eur',
        charge: given.charge ?? null,
        availableOn: given.availableOn ?? null,
        description: null,
      };
      const [recorded] = await db
        .transaction()
        .execute((tx) => recordEarnings(tx, sellerId, [earning]));
      if (!recorded) throw new Error('nothing was recorded');
      return recorded.earning.id;
    },
  };
}

/** The steps of a payout in this database. */
export function stepsOf(db: Db, orderedBy: ApiKeyId) {
  const order = async (
    sellerId: SellerId,
    amount: number | null = null,
    currency = 'eur',
    idempotencyKey: string = newId('order'),
  ): Promise<PayoutId> => {
    const asked = { sellerId, currency, amount, orderedBy, idempotencyKey };
    const id = await db.transaction().execute((tx) => recordPayoutOrder(tx, asked));
    if (!id) throw new Error('another order has the same key');
    return id;
  };
  /** Opens the attempt of a step and records it as sent. */
  const send = async (payoutId: PayoutId, step: MoneyStep): Promise<string> => {
    const { key } = await openAttempt(db, attemptOf(payoutId, step));
    await attempts.clearTry(db, key, []);
    return key;
  };
  const transfer = async (payoutId: PayoutId, arrivesAt: string | null = null) =>
    recordTransferred(db, {
      payout: await readPayout(db, payoutId),
      key: await send(payoutId, 'transfer'),
      transferId: `tr_${payoutId.slice(7)}`,
      arrivesAt,
    });
  const sendOff = async (payoutId: PayoutId) =>
    recordSent(db, {
      payout: await readPayout(db, payoutId),
      key: await send(payoutId, 'payout'),
      stripePayoutId: `po_${payoutId.slice(7)}`,
      bankExpectedOn: '2040-01-01',
      followAt: '2040-01-01',
    });
  return {
    order,
    send,
    transfer,
    sendOff,
    /** Takes a payout of the whole payable amount to the status `sent`. */
    async sent(sellerId: SellerId): Promise<PayoutId> {
      const payoutId = await order(sellerId);
      const reserved = await reservePayout(db, payoutId);
      if (reserved.status === 'reserved') await transfer(payoutId);
      const { status } = await sendOff(payoutId);
      if (status !== 'sent') throw new Error(`the payout is ${status}`);
      return payoutId;
    },
  };
}

/**
 * Opens an attempt of a payout, as after a look at Stripe that found nothing. Throws if the payout
 * may not get one, for example because it was cancelled.
 */
export async function openAttempt(db: Db, asked: attempts.NewAttempt): Promise<attempts.Attempt> {
  const attempt = await attempts.openAttempt(db, asked, { isLooked: true });
  if (attempt.state === 'not-opened') throw new CalledOff(`no attempt: ${attempt.why}`);
  return attempt;
}

/** Thrown because a cancelled payout gets no attempt. */
export class CalledOff extends Error {}

/** The attempt that an activity asks for. */
export function attemptOf(payoutId: PayoutId, step: MoneyStep) {
  const request = { amount: 100_00, metadata: { payout_id: payoutId } };
  return { objectId: payoutId, step, account: null, apiVersion: '2026-10-28', request };
}

function truthOf(db: Db) {
  return {
    /** The seller's balance at each place. Places without money are left out. */
    async balances(sellerId: SellerId): Promise<Partial<Record<Place, number>>> {
      const rows = await db
        .selectFrom('balances')
        .select(['place', 'amount'])
        .where('seller_id', '=', sellerId)
        .where('amount', '<>', 0)
        .execute();
      return Object.fromEntries(rows.map(({ place, amount }) => [place, amount]));
    },
    async entriesOf(payoutId: PayoutId): Promise<string[]> {
      const rows = await db
        .selectFrom('ledger_entries')
        .select(['kind', 'from_place', 'to_place', 'amount'])
        .where('payout_id', '=', payoutId)
        .orderBy('id')
        .execute();
      return rows.map((row) => `${row.kind} ${row.amount} ${row.from_place}>${row.to_place}`);
    },
    async wakeUps(): Promise<Record<string, string[]>> {
      const rows = await db.selectFrom('wake_ups').select(['workflow_id', 'topics']).execute();
      return Object.fromEntries(rows.map((row) => [row.workflow_id, row.topics.toSorted()]));
    },
    forgetWakeUps: () => db.deleteFrom('wake_ups').execute(),
    moveTo: (offsetMs: number) => db.updateTable('clock').set({ offset_ms: offsetMs }).execute(),
  };
}

/** One hour in milliseconds, the unit of the clock's offset. */
export const hourMs = 3_600_000;
