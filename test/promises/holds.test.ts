import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type PayoutId,
  payoutWorkflowId,
  type SellerId,
  sellerWorkflowId,
} from '../../domain/ids.ts';
import {
  createActiveSeller,
  fundPlatform,
  orderPayout,
  type RunningEngine,
  startEngine,
  untilPayout,
} from '../build/engine.ts';
import { until } from '../../dev/wait.ts';

let engine: RunningEngine;
beforeAll(async () => {
  engine = await startEngine();
  await fundPlatform(engine);
});
afterAll(() => engine.stop());

const post = (path: string, body: object = {}) => engine.call('POST', path, body);
const dayMinutes = 24 * 60;

async function sellerWith(amount: number): Promise<SellerId> {
  const sellerId = await createActiveSeller(engine);
  await post(`/v1/sellers/${sellerId}/earnings`, { amount, currency: 'eur' });
  return sellerId;
}

async function untilWaiting(payoutId: PayoutId, reason: string) {
  await until(`${payoutId} waits for ${reason}`, async () => {
    const { waitingFor } = await engine.call('GET', `/v1/payouts/${payoutId}`);
    return waitingFor === reason;
  });
}

/** What an operator sees of a seller's workflow in the Temporal UI. */
async function shown(sellerId: SellerId): Promise<string> {
  const run = await engine.temporal.workflow.getHandle(sellerWorkflowId(sellerId)).describe();
  const { searchAttributes } = run;
  return `${String(searchAttributes['SellerStatus'])} ${String(searchAttributes['HoldReason'] ?? '')}`;
}

async function untilShown(sellerId: SellerId, wanted: string): Promise<void> {
  await until(`the seller is shown as ${wanted}`, async () => {
    return (await shown(sellerId)).trim() === wanted;
  });
}

describe('money', () => {
  test('that is held waits, and is paid after the release', async () => {
    const sellerId = await sellerWith(100_00);
    const hold = await post(`/v1/sellers/${sellerId}/holds`, { reason: 'Ada is asked for papers' });
    await untilShown(sellerId, 'active other');
    const payoutId = await orderPayout(engine, sellerId);
    await untilWaiting(payoutId, 'hold');
    await post(`/v1/holds/${hold.id}/release`, { reason: 'she sent them' });
    const payout = await untilPayout(engine, payoutId, 'sent');
    expect(payout.total).toEqual({ amount: 100_00, currency: 'eur' });
    await untilShown(sellerId, 'active');
    for (const workflowId of [sellerWorkflowId(sellerId), payoutWorkflowId(payoutId)]) {
      const handle = engine.temporal.workflow.getHandle(workflowId);
      const history = JSON.stringify(await handle.fetchHistory());
      for (const words of ['asked for papers', 'she sent them']) {
        expect(history).not.toContain(Buffer.from(words).toString('base64').slice(2, 14));
      }
    }
  });

  test('that is held until a time is paid when the time has come', async () => {
    const sellerId = await sellerWith(100_00);
    const { now } = await engine.call('GET', '/v1/test/clock');
    const expiresAt = new Date(Date.parse(now) + 2 * dayMinutes * 60_000).toISOString();
    const held = { reason: 'new seller', reasonCode: 'risk-review', source: 'risk', expiresAt };
    await post(`/v1/sellers/${sellerId}/holds`, held);
    const payoutId = await orderPayout(engine, sellerId);
    await untilWaiting(payoutId, 'hold');
    await untilShown(sellerId, 'active risk-review');
    const { waiting } = await engine.call('GET', `/v1/payouts/${payoutId}`);
    expect(waiting.lookAgainAt).toBe(expiresAt);
    await post('/v1/test/clock', { advanceMinutes: 2 * dayMinutes + 1 });
    await untilPayout(engine, payoutId, 'sent', 'paid');
    await untilShown(sellerId, 'active');
  });

  test('of a paused seller waits until the seller is resumed', async () => {
    const sellerId = await sellerWith(100_00);
    await post(`/v1/sellers/${sellerId}/pause`, { reason: 'on leave' });
    await untilShown(sellerId, 'paused');
    const payoutId = await orderPayout(engine, sellerId);
    await untilWaiting(payoutId, 'seller-paused');
    await post(`/v1/sellers/${sellerId}/resume`, { reason: 'back' });
    await untilPayout(engine, payoutId, 'sent');
  });
});

describe('a threshold', () => {
  const hold = (sellerId: SellerId, given: object = {}) =>
    post(`/v1/sellers/${sellerId}/holds`, { reason: 'new seller', ...given });
  /** Stops the money; what it answers with lets it go again. */
  type Stop = (sellerId: SellerId) => Promise<() => Promise<unknown>>;

  test.each<[when: string, shown: string, stop: Stop]>([
    [
      'its hold is released',
      'active other',
      async (sellerId) => {
        const { id } = await hold(sellerId);
        return () => post(`/v1/holds/${id}/release`, { reason: 'fine' });
      },
    ],
    [
      'its hold has run out',
      'active other',
      async (sellerId) => {
        const { now } = await engine.call('GET', '/v1/test/clock');
        const expiresAt = new Date(Date.parse(now) + dayMinutes * 60_000).toISOString();
        await hold(sellerId, { expiresAt });
        return () => post('/v1/test/clock', { to: expiresAt });
      },
    ],
    [
      'it is resumed',
      'paused',
      async (sellerId) => {
        await post(`/v1/sellers/${sellerId}/pause`, { reason: 'on leave' });
        return () => post(`/v1/sellers/${sellerId}/resume`, { reason: 'back' });
      },
    ],
  ])('that a seller reached meanwhile is paid when %s', async (_when, shown, stop) => {
    const sellerId = await createActiveSeller(engine);
    const schedule = { interval: 'manual', thresholds: { eur: 80_00 } };
    await engine.call('PATCH', `/v1/sellers/${sellerId}`, { schedule });
    const letGo = await stop(sellerId);
    await post(`/v1/sellers/${sellerId}/earnings`, { amount: 100_00, currency: 'eur' });
    await untilShown(sellerId, shown);
    const list = async () => (await engine.call('GET', `/v1/sellers/${sellerId}/payouts`)).data;
    expect(await list()).toEqual([]);
    await letGo();
    const [{ id }] = await until('it is ordered', async () => {
      const payouts = await list();
      return payouts.length > 0 && payouts;
    });
    expect(await untilPayout(engine, id, 'sent')).toMatchObject({ total: { amount: 100_00 } });
  });
});

describe('a seller', () => {
  test('is closed only when nothing is open, and is paid again once reopened', async () => {
    const sellerId = await sellerWith(100_00);
    const close = () => post(`/v1/sellers/${sellerId}/close`, { reason: 'moved away' });
    await expect(close()).rejects.toThrow(/409.*platform/);
    const payoutId = await orderPayout(engine, sellerId);
    await untilPayout(engine, payoutId, 'sent');
    await post('/v1/test/clock', { advanceMinutes: 5 * dayMinutes });
    await untilPayout(engine, payoutId, 'paid');
    await expect(close()).rejects.toThrow(new RegExp(`409.*"watches":\\["${payoutId}"\\]`));
    await post('/v1/test/clock', { advanceMinutes: 11 * dayMinutes });
    await untilPayout(engine, payoutId, 'settled');
    expect(await close()).toMatchObject({ status: 'closed' });
    const handle = engine.temporal.workflow.getHandle(sellerWorkflowId(sellerId));
    await until('its workflow has ended', async () => {
      return (await handle.describe()).status.name === 'COMPLETED';
    });
    await post(`/v1/sellers/${sellerId}/reopen`, { reason: 'came back' });
    await post(`/v1/sellers/${sellerId}/earnings`, { amount: 50_00, currency: 'eur' });
    await untilPayout(engine, await orderPayout(engine, sellerId), 'sent');
  });
});

describe('a payout that is called off', () => {
  const cancel = (payoutId: PayoutId) => post(`/v1/payouts/${payoutId}/cancel`);

  test('while its transfer waits to be sent, frees its money at the platform', async () => {
    const sellerId = await sellerWith(100_00);
    await post('/v1/operations/stop-money', { reason: 'test' });
    const payoutId = await orderPayout(engine, sellerId);
    await untilWaiting(payoutId, 'money-stopped');
    expect(await cancel(payoutId)).toMatchObject({ status: 'canceled' });
    await post('/v1/operations/resume-money', { reason: 'test' });
    const next = await orderPayout(engine, sellerId);
    const sent = await untilPayout(engine, next, 'sent');
    expect(sent.fromPlatform.amount).toBe(100_00);
    expect(await madeAtStripe(payoutId)).toEqual([]);
  });

  test('at Stripe, while it is pending there, comes back to the account', async () => {
    const sellerId = await sellerWith(100_00);
    const payoutId = await orderPayout(engine, sellerId);
    await untilPayout(engine, payoutId, 'sent');
    const { cancellation } = await cancel(payoutId);
    expect(['not-asked-yet', 'asking']).toContain(cancellation.state);
    await untilPayout(engine, payoutId, 'canceled');
    expect(await madeAtStripe(payoutId)).toMatchObject([{ status: 'canceled' }]);
    const next = await untilPayout(engine, await orderPayout(engine, sellerId), 'sent');
    expect(next.fromAccount.amount).toBe(100_00);
  });

  test('that Stripe does not cancel goes on and says so', async () => {
    const sellerId = await sellerWith(100_00);
    const payoutId = await orderPayout(engine, sellerId);
    await untilPayout(engine, payoutId, 'sent');
    const rule = { kind: 'status', method: 'POST', path: '/cancel$', status: 400 };
    await engine.control('PUT', '/faults', { rules: [rule] });
    await cancel(payoutId);
    await until('Stripe has refused', async () => {
      const { cancellation, status } = await engine.call('GET', `/v1/payouts/${payoutId}`);
      return status === 'sent' && cancellation.state === 'refused';
    });
    await post('/v1/test/clock', { advanceMinutes: 5 * dayMinutes });
    await untilPayout(engine, payoutId, 'paid');
  });
});

async function madeAtStripe(payoutId: PayoutId): Promise<unknown[]> {
  const { payouts } = await engine.control('GET', '/book');
  return (payouts as { metadata: { payout_id?: string } }[]).filter(
    ({ metadata }) => metadata.payout_id === payoutId,
  );
}
