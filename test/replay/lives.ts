import type { PayoutId, SellerId } from '../../domain/ids.ts';
import {
  createActiveSeller,
  fundPlatform,
  orderPayout,
  untilPayout,
  type RunningEngine,
} from '../running-engine.ts';
import { until } from '../wait.ts';

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
    for (const minutes of [1, 10, 60]) {
      await untilWaiting(engine, payoutId, 'outcome-look-up', true);
      await move(engine, minutes);
    }
    await until('a person has to decide', async () => {
      return (await engine.call('GET', `/v1/payouts/${payoutId}`)).parked !== null;
    });
    await engine.call('POST', `/v1/payouts/${payoutId}/confirm-not-sent`, {});
    await untilPayout(engine, payoutId, 'sent', 'paid');
    return [payoutId];
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

async function earnAndOrder(engine: RunningEngine, sellerId: SellerId): Promise<PayoutId> {
  await engine.call('POST', `/v1/sellers/${sellerId}/earnings`, {
    externalId: `order-${performance.now()}`,
    amount: 50_00,
    currency: 'eur',
  });
  return orderPayout(engine, sellerId);
}

/** Stripe answers with a failure that it keeps under the key, and has or has not done it. */
async function loseAnswer(engine: RunningEngine, path: string, processed: boolean): Promise<void> {
  const rule = { kind: 'status', method: 'POST', path, status: 500, stored: true, processed };
  await engine.control('PUT', '/faults', { rules: [rule] });
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
