import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type BookedPayout, differences } from '../../dev/demo/books.ts';
import type { Payout } from '../../dev/demo/payouts.ts';
import { dayAndTime, inWords, table } from '../../dev/demo/words.ts';
import { isRunning } from '../../dev/processes/identity.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { choosePlace, clear, type Launched, partsIn, type Place, run } from './launcher.ts';

describe('the words of the demo', () => {
  test.each([
    [126_50, 'eur', '€126.50', 'cents'],
    [1_234_567, 'jpy', 'JP¥1,234,567', 'a currency without minor units'],
    [1_500, 'kwd', 'KWD\u00A01.500', 'three decimal places'],
  ])('write %d %s as %s: %s', (amount, currency, words) => {
    expect(inWords(amount, currency)).toBe(words);
  });

  test('write a moment as day and time in UTC', () => {
    expect(dayAndTime(Date.parse('2026-11-23T07:05:00Z'))).toBe('Mon 23 Nov 07:05');
  });

  test('set amounts to the right and names to the left', () => {
    const rows = [
      ['seller', 'paid'],
      ['Ada', '€1,126.50'],
      ['Margaux', '€7.00'],
    ];
    expect(table(rows)).toEqual([
      'seller        paid',
      '-------  ---------',
      'Ada      €1,126.50',
      'Margaux      €7.00',
    ]);
  });
});

describe('the books', () => {
  const ours = {
    id: 'payout_1',
    status: 'paid',
    total: { amount: 100_00, currency: 'eur' },
    fromPlatform: { amount: 100_00 },
    transferId: 'tr_1',
    stripePayoutId: 'po_1',
  } as Payout;
  const theirs: BookedPayout = {
    id: 'po_1',
    amount: 100_00,
    currency: 'eur',
    status: 'paid',
    metadata: { payout_id: 'payout_1' },
  };
  const transfer = { id: 'tr_1', amount: 100_00, metadata: { payout_id: 'payout_1' } };
  const book = { payouts: [theirs], transfers: [transfer] };

  test('agree when id, amount and state do', () => {
    expect(differences([ours], book)).toEqual([]);
    expect(differences([{ ...ours, status: 'settled' }], book)).toEqual([]);
  });

  test.each([
    [{ ...book, payouts: [theirs, { ...theirs, id: 'po_2' }] }, 'po_2', 'paid twice'],
    [{ ...book, transfers: [transfer, { ...transfer, id: 'tr_2' }] }, 'tr_2', 'moved twice'],
    [{ ...book, payouts: [] }, 'no po_1', 'Stripe has none'],
    [{ ...book, transfers: [] }, 'no tr_1', 'Stripe moved nothing'],
    [{ ...book, payouts: [{ ...theirs, amount: 99_00 }] }, '€99.00', 'another amount'],
    [{ ...book, payouts: [{ ...theirs, status: 'failed' }] }, 'failed', 'another state'],
    [{ ...book, transfers: [{ ...transfer, amount: 1 }] }, 'tr_1', 'another amount moved'],
  ])('differ and name %#: %s', (other, words) => {
    const found = differences([ours], other);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(words);
  });
});

describe('the demo', () => {
  let place: Place;
  let demo: Launched | undefined;

  beforeAll(async () => {
    place = await choosePlace();
  });

  afterAll(async () => {
    demo?.kill('SIGTERM');
    await demo?.ended;
    clear({ ...place, folder: join(place.folder, 'demo') });
    clear(place);
  });

  test('pays everybody, and Stripe’s book agrees, though not one webhook is sent', async () => {
    demo = run(place, ['demo/main.ts', '--once', '--webhooks', 'off']);
    const code = await demo.ended;
    expect(code, demo.output()).toBe(0);
    expect(demo.output()).toContain('Nobody was paid twice.');
    expect(demo.output()).toMatch(/of [1-9]\d+ events at Stripe it told 0\./);
    expect(partsIn(join(place.folder, 'demo')).filter(isRunning)).toEqual([]);
    expect(await unknownCallsIn(join(place.folder, 'demo', 'sandbox.db'))).toEqual([]);
  });

  test.each([
    [['--webhooks', 'sometimes'], '--webhooks is on or off, not "sometimes"'],
    [['--onec'], "Unknown option '--onec'"],
  ])('refuses %j and says why', async (args, words) => {
    const refused = run(place, ['demo/main.ts', ...args]);
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain(words);
  });
});

/** What a sandbox that is over was asked and nobody taught it: started again, it says so. */
async function unknownCallsIn(file: string): Promise<unknown> {
  const sandbox = await startSandbox({ port: 0, file, secretKey: 'sk_test_sandbox' });
  const answer = await fetch(`${sandbox.url}/_sandbox/unknown-calls`);
  const { unknownCalls } = (await answer.json()) as { unknownCalls: unknown };
  await sandbox.close();
  return unknownCalls;
}
