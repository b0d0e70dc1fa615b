import { reservePayout } from '../../db/payouts/reservation.ts';
import { readPayout, recordPayoutStarted } from '../../db/payouts/rows.ts';
import { parkPayout, recordSent, recordTransferred } from '../../db/payouts/steps.ts';
import { recordUnknown } from '../../db/stripe/answers.ts';
import { clearTry } from '../../db/stripe/attempts.ts';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import type { TestApi } from '../api/harness.ts';
import { openAttempt } from './money.ts';

/** Creates an account at the sandbox for the seller of each payout. */
type Accounts = { account?: () => Promise<string> };

/**
 * Takes payouts to the status where a test begins, with the same steps as the API and the
 * activities.
 */
export function payoutStages(api: TestApi, accounts: Accounts = {}) {
  const orders = ordersOf(api, accounts);
  const steps = stepsOf(api);
  return {
    ...orders,
    ...steps,
    /** Parks a payout whose step has an unknown outcome that a look-up could not resolve. */
    parkUnknown: async (step: MoneyStep) =>
      steps.unknownFor((await orders.orderPayout()).payoutId, step),
    show: async (payoutId: string) => (await api.get(`/v1/payouts/${payoutId}`)).body,
    listOf: async (path: string) => (await api.get(path)).body['data'] as Record<string, unknown>[],
  };
}

function ordersOf(api: TestApi, { account }: Accounts) {
  /** Orders a payout of what this existing seller has just earned. */
  async function orderFor(sellerId: SellerId, body: object = {}) {
    const earning = { externalId: 'order-1', amount: 100_00, currency: 'eur' };
    await api.post(`/v1/sellers/${sellerId}/earnings`, earning);
    const ordered = await api.post(`/v1/sellers/${sellerId}/payouts`, body);
    return { payoutId: String(ordered.body['id']) as PayoutId, ordered };
  }

  /** Creates a seller with money and orders a payout of it. */
  async function orderPayout(body: object = {}) {
    const at = account && { account: await account() };
    const sellerId = await api.makeSeller({ status: 'active', ...at });
    return { sellerId, ...(await orderFor(sellerId, body)) };
  }

  return { orderFor, orderPayout };
}

function stepsOf({ db }: TestApi) {
  /** Starts the payout's workflow, and reserves money if some is payable. */
  async function reserve(payoutId: PayoutId): Promise<PayoutId> {
    await recordPayoutStarted(db, payoutId);
    await reservePayout(db, payoutId);
    return payoutId;
  }

  /** Opens and sends an attempt, as an activity does. */
  async function attempt(objectId: PayoutId, step: MoneyStep) {
    const { key } = await openAttempt(db, {
      objectId,
      step,
      account: null,
      apiVersion: '2026-10-01',
      request: { secret: 'never shown' },
    });
    await clearTry(db, key, []);
    return key;
  }

  async function transfer(payoutId: PayoutId) {
    const key = await attempt(payoutId, 'transfer');
    const payout = await readPayout(db, payoutId);
    const transferId = `tr_${payoutId.slice(7)}` as const;
    return recordTransferred(db, { payout, key, transferId, arrivesAt: null });
  }

  /** Takes a payout from `ordered` through its transfer to `sent`. */
  async function send(payoutId: PayoutId, bankExpectedOn: string | null = null) {
    await transfer(await reserve(payoutId));
    const key = await attempt(payoutId, 'payout');
    const stripePayoutId = `po_${payoutId.slice(7)}` as const;
    const payout = await readPayout(db, payoutId);
    const followAt = '2199-01-01T00:00:00.000Z';
    const sentOff = { payout, key, stripePayoutId, bankExpectedOn, followAt };
    const row = await recordSent(db, sentOff);
    return { ...row, stripePayoutId };
  }

  /** Opens an attempt whose outcome is unknown and could not be resolved by a look-up. */
  async function unknownFor(payoutId: PayoutId, step: MoneyStep) {
    await reservePayout(db, payoutId);
    if (step === 'payout') await transfer(payoutId);
    const key = await attempt(payoutId, step);
    const error = { statusCode: 500, type: 'api_error', code: null, requestId: 'req_1' };
    await recordUnknown(db, { key, error });
    await db
      .updateTable('payouts')
      .set({ unknown_step: step })
      .where('id', '=', payoutId)
      .execute();
    await parkPayout(db, await readPayout(db, payoutId), 'outcome-unknown');
    return payoutId;
  }

  return { reserve, attempt, transfer, send, unknownFor };
}
