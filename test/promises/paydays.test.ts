import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SellerId, sellerWorkflowId } from '../../domain/ids.ts';
import {
  createActiveSeller,
  fundPlatform,
  isNewsComing,
  type RunningEngine,
  startEngine,
  untilPayout,
} from '../build/engine.ts';
import { until } from '../../dev/wait.ts';

let withoutJobs: RunningEngine;
beforeAll(async () => {
  withoutJobs = await startEngine({ jobs: false });
  await fundPlatform(withoutJobs);
});
afterAll(() => withoutJobs.stop());

const weekly = {
  interval: 'weekly',
  weekdays: ['wednesday'],
  timeZone: 'Europe/Berlin',
  minimums: { eur: 25_00 },
};

test('a weekly seller is paid on its paydays, a small sum waits, and a manual seller is not paid', async () => {
  const engine = await startEngine();
  try {
    await fundPlatform(engine);
    const [seller, manual] = [await createActiveSeller(engine), await createActiveSeller(engine)];
    await engine.call('PATCH', `/v1/sellers/${seller}`, { schedule: weekly });
    await earn(engine, manual, 500_00);
    const seen: string[] = [];
    for (const amount of [100_00, 10_00, 20_00, 70_00]) {
      await earn(engine, seller, amount);
      const payday = await readNextPayday(engine, seller);
      await untilShown(engine, seller, payday);
      await engine.call('POST', '/v1/test/clock', { to: payday });
      const payout = await untilPaidFor(engine, seller, payday);
      expect(payout.orderedBy).toBe('schedule');
      seen.push(`${payout.skipReason ?? 'pays'} ${payout.total.amount}`);
    }
    expect(seen).toEqual(['pays 10000', 'below-minimum 0', 'pays 3000', 'pays 7000']);
    expect((await engine.call('GET', `/v1/sellers/${manual}/payouts`)).data).toEqual([]);
  } finally {
    await engine.stop();
  }
});

test('paydays of a seller without money leave no event, and its first money waits for the next', async () => {
  const engine = withoutJobs;
  const seller = await createActiveSeller(engine);
  const schedule = { ...weekly, cutOffHours: 1 };
  await engine.call('PATCH', `/v1/sellers/${seller}`, { schedule });
  await untilTold(engine);
  const before = await countEvents(engine, seller);
  const missed = await readNextPayday(engine, seller);
  // Two are missed; not up to a moment between a cut-off and its payday.
  const to = new Date(Date.parse(missed) + 8 * 24 * 3_600_000).toISOString();
  await engine.call('POST', '/v1/test/clock', { to });
  await untilTold(engine);
  expect(await countEvents(engine, seller)).toBe(before);
  await earn(engine, seller, 50_00);
  const payday = await until('the next payday is planned', async () => {
    const { nextPayoutAt } = await engine.call('GET', `/v1/sellers/${seller}`);
    return nextPayoutAt > missed && (nextPayoutAt as string);
  });
  expect((await engine.call('GET', `/v1/sellers/${seller}/payouts`)).data).toEqual([]);
  await engine.call('POST', '/v1/test/clock', { to: payday });
  expect((await untilPaidFor(engine, seller, payday)).total.amount).toBe(50_00);
});

test('orders that ask for too much let the next one go at once, without any job', async () => {
  const engine = withoutJobs;
  const seller = await createActiveSeller(engine);
  await earn(engine, seller, 50_00);
  await untilTold(engine);
  const path = `/v1/sellers/${seller}/payouts`;
  const order = (amount: number) => engine.call('POST', path, { amount, currency: 'eur' });
  await Promise.all(Array.from({ length: 5 }, () => order(90_00)));
  const { id } = await order(1_00);
  await untilPayout(engine, id, 'sent');
  const { data } = await engine.call('GET', `${path}?status=skipped`);
  expect(data).toHaveLength(5);
});

async function earn(engine: RunningEngine, seller: SellerId, amount: number): Promise<void> {
  await engine.call('POST', `/v1/sellers/${seller}/earnings`, { amount, currency: 'eur' });
}

async function readNextPayday(engine: RunningEngine, seller: SellerId): Promise<string> {
  const { next } = await engine.call('GET', `/v1/sellers/${seller}/schedule`);
  return next[0].at;
}

/** The payout of a payday: taken by Stripe, or skipped. */
async function untilPaidFor(engine: RunningEngine, seller: SellerId, payday: string) {
  return until(`the payday ${payday} is opened`, async () => {
    const { data } = await engine.call('GET', `/v1/sellers/${seller}/payouts`);
    const payout = data.find((one: { payday: string }) => one.payday === payday);
    return payout && ['sent', 'skipped'].includes(payout.status) && payout;
  });
}

/** What an operator sees in the list of workflows. */
async function untilShown(engine: RunningEngine, seller: SellerId, payday: string): Promise<void> {
  await until('the next payday is shown', async () => {
    const handle = engine.temporal.workflow.getHandle(sellerWorkflowId(seller));
    const { searchAttributes } = await handle.describe();
    const [shown] = searchAttributes['NextPayoutAt'] ?? [];
    return shown instanceof Date && shown.toISOString() === payday;
  });
}

async function untilTold(engine: RunningEngine): Promise<void> {
  await until('nobody waits to be told', async () => {
    const coming = await isNewsComing(engine);
    const rows = await engine.db.selectFrom('wake_ups').select('workflow_id').execute();
    return !coming && rows.length === 0;
  });
  await until('nobody is at work', async () => {
    for await (const { workflowId } of engine.temporal.workflow.list()) {
      const { raw } = await engine.temporal.workflow.getHandle(workflowId).describe();
      if (raw.pendingWorkflowTask || (raw.pendingActivities ?? []).length > 0) return false;
    }
    return true;
  });
}

async function countEvents({ temporal }: RunningEngine, seller: SellerId): Promise<number> {
  const history = await temporal.workflow.getHandle(sellerWorkflowId(seller)).fetchHistory();
  return history.events?.length ?? 0;
}
