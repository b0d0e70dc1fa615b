import type { PayoutId, SellerId } from '../../domain/ids.ts';
import {
  createActiveSeller,
  fundPlatform,
  orderPayout,
  type RunningEngine,
  untilPayout,
} from '../build/engine.ts';
import { until } from '../../dev/wait.ts';

/** Lives of payouts that together take every step and every wait; each ends. */
export const lives: Record<string, (engine: RunningEngine) => Promise<PayoutId[]>> = {
  'without enough at the platform at first, then to the end of its watch': async (engine) => {
    const sellerId = await createActiveSeller(engine);
    const payoutId = await earnAndOrder(engine, sellerId);
    await untilWaiting(engine, payoutId, 'platform-balance');
    await fundPlatform(engine);
    await untilPayout(engine, payoutId, 'sent', 'paid');
    await move(engine, 5 * day);
    await untilPayout(engine, payoutId, 'paid');
    await move(engine, 11 * day);
    await untilPayout(engine, payoutId, 'settled');
    return [payoutId];
  },

  'one behind the other, then refused by the bank': async (engine) => {
    const sellerId = await createActiveSeller(engine);
    const first = await earnAndOrder(engine, sellerId);
    const second = await earnAndOrder(engine, sellerId);
    for (const payoutId of [first, second]) {
      const { stripePayoutId } = await untilPayout(engine, payoutId, 'sent', 'skipped');
      if (!stripePayoutId) continue;
      const body = { failureCode: 'declined' };
      await engine.control('POST', `/payouts/${stripePayoutId}/fail`, body);
      await untilPayout(engine, payoutId, 'failed');
    }
    return [first, second];
  },

  'of unknown outcome, never found, sent again when a person said so': async (engine) => {
    const sellerId = await createActiveSeller(engine);
    await loseAnswer(engine, '/v1/payouts', false);
    const payoutId = await earnAndOrder(engine, sellerId);
    await untilParked(engine, payoutId);
    await engine.call('POST', `/v1/payouts/${payoutId}/confirm-not-sent`, {});
    await untilPayout(engine, payoutId, 'sent', 'paid');
    return [payoutId];
  },

  'of unknown outcome, found by a person who mistypes it first': async (engine) => {
    const sellerId = await createActiveSeller(engine);
    // Each of four look-ups reads two lists.
    await loseAnswer(engine, '/v1/transfers', true, 8);
    const payoutId = await earnAndOrder(engine, sellerId);
    await untilParked(engine, payoutId);
    await confirmSent(engine, payoutId, 'tr_mistyped');
    await until('the person is asked again', async () => {
      const { parked } = await engine.call('GET', `/v1/payouts/${payoutId}`);
      return parked?.explanation.includes('tr_mistyped');
    });
    await confirmSent(engine, payoutId, await findTransfer(engine, payoutId));
    await untilPayout(engine, payoutId, 'sent', 'paid');
    return [payoutId];
  },

  'ordered by a payday, after one that was too small': async (engine) => {
    const sellerId = await createActiveSeller(engine);
    const minimums = { eur: 20_00 };
    const daily = { interval: 'daily', timeZone: 'Europe/Berlin', minimums };
    await engine.call('PATCH', `/v1/sellers/${sellerId}`, { schedule: daily });
    await earn(engine, sellerId, 15_00);
    const small = await liveToPayday(engine, sellerId);
    await earn(engine, sellerId, 15_00);
    const enough = await liveToPayday(engine, sellerId);
    await untilPayout(engine, enough, 'sent', 'paid');
    // It never had a workflow: a payday that pays nothing is a row.
    await untilPayout(engine, small, 'skipped');
    return [enough];
  },

  'of unknown outcome, found at once': async (engine) => {
    const sellerId = await createActiveSeller(engine);
    await loseAnswer(engine, '/v1/transfers', true);
    const payoutId = await earnAndOrder(engine, sellerId);
    await untilPayout(engine, payoutId, 'sent', 'paid');
    return [payoutId];
  },

  'that comes back from the bank after it was paid': async (engine) => {
    const sellerId = await createActiveSeller(engine);
    const payoutId = await earnAndOrder(engine, sellerId);
    const { stripePayoutId } = await untilPayout(engine, payoutId, 'sent');
    await engine.control('POST', `/payouts/${stripePayoutId}/pay`, {});
    await untilPayout(engine, payoutId, 'paid');
    const body = { failureCode: 'account_closed' };
    await engine.control('POST', `/payouts/${stripePayoutId}/fail`, body);
    await untilPayout(engine, payoutId, 'returned');
    return [payoutId];
  },
};

const day = 24 * 60;

function move(engine: RunningEngine, advanceMinutes: number): Promise<unknown> {
  return engine.call('POST', '/v1/test/clock', { advanceMinutes });
}

function earn(engine: RunningEngine, sellerId: SellerId, amount: number): Promise<unknown> {
  return engine.call('POST', `/v1/sellers/${sellerId}/earnings`, { amount, currency: 'eur' });
}

async function earnAndOrder(engine: RunningEngine, sellerId: SellerId): Promise<PayoutId> {
  await earn(engine, sellerId, 50_00);
  return orderPayout(engine, sellerId);
}

/** Moves the clock to a seller's next payday; answers with the payout of it. */
async function liveToPayday(engine: RunningEngine, sellerId: SellerId): Promise<PayoutId> {
  const { next } = await engine.call('GET', `/v1/sellers/${sellerId}/schedule`);
  const [{ at: to }] = next;
  await engine.call('POST', '/v1/test/clock', { to });
  return until(`the payday ${to} is opened`, async () => {
    const { data } = await engine.call('GET', `/v1/sellers/${sellerId}/payouts`);
    return data.find(({ payday }: { payday: string | null }) => payday === to)?.id as PayoutId;
  });
}

/** Every look-up finds nothing, until a person has to decide. */
async function untilParked(engine: RunningEngine, payoutId: PayoutId): Promise<void> {
  for (const minutes of [1, 10, 60]) {
    await untilWaiting(engine, payoutId, 'outcome-look-up', true);
    await move(engine, minutes);
  }
  await until('a person has to decide', async () => {
    return (await engine.call('GET', `/v1/payouts/${payoutId}`)).parked !== null;
  });
}

function confirmSent(engine: RunningEngine, payoutId: PayoutId, stripeId: string) {
  return engine.call('POST', `/v1/payouts/${payoutId}/confirm-sent`, { stripeId });
}

async function findTransfer(engine: RunningEngine, payoutId: PayoutId): Promise<string> {
  const { transfers } = await engine.control('GET', '/book');
  type Made = { id: string; metadata: { payout_id?: string } };
  return (transfers as Made[]).find(({ metadata }) => metadata.payout_id === payoutId)?.id ?? '';
}

/**
 * Stripe answers with a failure that it keeps under the key, and has or has not done it; its list
 * lags behind for so many reads.
 */
async function loseAnswer(
  engine: RunningEngine,
  path: string,
  processed: boolean,
  readsBehind = 0,
): Promise<void> {
  const rule = { kind: 'status', method: 'POST', path, status: 500, stored: true, processed };
  const body = '{"object":"list","data":[],"has_more":false,"url":"/"}';
  const empty = { kind: 'status', method: 'GET', path: `${path}$`, status: 200, body };
  const rules = readsBehind > 0 ? [rule, { ...empty, count: readsBehind }] : [rule];
  await engine.control('PUT', '/faults', { rules });
}

async function untilWaiting(
  engine: RunningEngine,
  payoutId: PayoutId,
  reason: string,
  forLater = false,
): Promise<void> {
  await until(`${payoutId} waits for ${reason}`, async () => {
    const payout = await engine.call('GET', `/v1/payouts/${payoutId}`);
    const { now } = await engine.call('GET', '/v1/test/clock');
    return payout.waitingFor === reason && (!forLater || payout.waiting.lookAgainAt > now);
  });
}
