import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SellerId } from '../../domain/ids.ts';
import {
  fundPlatform,
  orderPayout,
  startEngine,
  untilPayout,
  type RunningEngine,
} from '../running-engine.ts';
import { until } from '../wait.ts';

let engine: RunningEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

type Told = {
  summary: string;
  waits: { for: string; actor: string; commands: { method: 'POST'; path: string }[] }[];
  next: { what: string; at: string | null }[];
};

/** What is told once this is what is waited for first. */
async function toldOf(path: string, reason: string | undefined): Promise<Told> {
  return until(`${path} waits for ${reason ?? 'nothing'}`, async () => {
    const told = (await engine.call('GET', `${path}/explain`)) as Told;
    return told.waits[0]?.for === reason && told;
  });
}

test('promise 3: from first to last one question tells what a seller’s money waits for, and who acts', async () => {
  const { id } = await engine.call('POST', '/v1/sellers', {
    email: 'ada@example.com',
    country: 'DE',
  });
  const sellerId = id as SellerId;
  const seller = `/v1/sellers/${sellerId}`;

  const young = await toldOf(seller, 'onboarding');
  expect(young.waits[0]).toMatchObject({ actor: 'seller' });
  const path = young.waits[0]?.commands[0]?.path ?? '';
  const returnUrl = 'https://shop.example/done';
  const link = await engine.call('POST', path, { returnUrl, refreshUrl: returnUrl });
  const filled = new URLSearchParams({ outcome: 'verified', action: 'submit' });
  const page = await fetch(link.url, { method: 'POST', body: filled, redirect: 'manual' });
  expect(page.headers.get('location')).toBe(returnUrl);

  await toldOf(seller, 'nothing-earned');
  await engine.call('POST', `${seller}/earnings`, { amount: 100_00, currency: 'eur' });
  const earned = await toldOf(seller, 'no-payout');
  expect(earned.summary).toContain('100.00 EUR payable now');

  const payoutId = await orderPayout(engine, sellerId);
  const payout = `/v1/payouts/${payoutId}`;
  const short = await toldOf(payout, 'platform-balance');
  expect(short.waits[0]).toMatchObject({ actor: 'platform' });
  expect((await toldOf(seller, 'platform-balance')).summary).toContain('100.00 EUR on its way');

  await fundPlatform(engine, 200_00);
  await engine.call('POST', '/v1/test/clock', { advanceMinutes: 61 });
  const sent = await toldOf(payout, 'bank');
  expect(sent.next.map(({ what }) => what)).toEqual(['look-again', 'paid', 'settle']);
  await engine.call('POST', '/v1/test/clock', { advanceMinutes: 7 * 24 * 60 });
  const paid = await toldOf(payout, 'late-return');
  const [end] = paid.next;
  expect(end).toMatchObject({ what: 'settle', at: expect.any(String) });

  await engine.call('POST', '/v1/test/clock', { to: end?.at });
  await untilPayout(engine, payoutId, 'settled');
  expect(await toldOf(payout, undefined)).toMatchObject({ waits: [], next: [] });
  expect((await engine.call('GET', '/v1/attention')).data).toEqual([]);
});
