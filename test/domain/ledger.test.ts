import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as postings from '../../domain/ledger.ts';
import type { Entry, PayoutMoney, Place } from '../../domain/ledger.ts';
import { minor } from '../../domain/money.ts';

const part = fc.integer({ min: 0, max: 1_000_000_00 });
const anyMoney = fc
  .tuple(part, part)
  .filter(([fromPlatform, fromAccount]) => fromPlatform + fromAccount > 0)
  .map(([fromPlatform, fromAccount]): PayoutMoney => {
    return {
      payoutId: 'payout_0123456789abcdefghjk',
      sellerId: 'sel_0123456789abcdefghjk',
      currency: 'eur',
      fromPlatform: minor(fromPlatform),
      fromAccount: minor(fromAccount),
    };
  });

/** How a payout may go, and where its money must be then. */
const lives = {
  reserved: { 'platform-reserved': 'platform', 'account-reserved': 'account' },
  released: { platform: 'platform', account: 'account' },
  transferred: { 'account-reserved': 'both' },
  'released after the transfer': { account: 'both' },
  sent: { 'in-transit': 'both' },
  paid: { bank: 'both' },
  failed: { account: 'both' },
  returned: { account: 'both' },
} as const;

function entriesOf(money: PayoutMoney, life: keyof typeof lives): Entry[] {
  const reserved = postings.reserveEntries(money);
  if (life === 'reserved') return reserved;
  if (life === 'released') return [...reserved, ...postings.releaseEntries(money, false)];
  const transfer = money.fromPlatform > 0 ? postings.transferEntries(money, 'tr_1') : [];
  const there = [...reserved, ...transfer];
  if (life === 'transferred') return there;
  if (life === 'released after the transfer')
    return [...there, ...postings.releaseEntries(money, true)];
  const sent = [...there, ...postings.sentEntries(money, 'po_1')];
  if (life === 'sent') return sent;
  if (life === 'failed') return [...sent, ...postings.failedEntries(money, 'po_1')];
  const paid = [...sent, ...postings.paidEntries(money, 'po_1')];
  return life === 'paid' ? paid : [...paid, ...postings.returnedEntries(money, 'po_1')];
}

function sums(entries: Entry[]): Map<Place, number> {
  const at = new Map<Place, number>();
  for (const { from, to, amount } of entries) {
    at.set(from, (at.get(from) ?? 0) - amount);
    at.set(to, (at.get(to) ?? 0) + amount);
  }
  return at;
}

describe('the ledger', () => {
  test.each(Object.keys(lives) as (keyof typeof lives)[])(
    'says of a payout that is %s where its money is, to the cent',
    (life) => {
      fc.assert(
        fc.property(anyMoney, (money) => {
          const start: Entry[] = [
            { ...opening(money, 'platform'), amount: money.fromPlatform },
            { ...opening(money, 'account'), amount: money.fromAccount },
          ];
          const entries = entriesOf(money, life);
          const at = sums([...start, ...entries]);
          const parts = { platform: money.fromPlatform, account: money.fromAccount };
          const both = postings.total(money);
          const expected = new Map(Object.entries(lives[life]));
          for (const place of postings.places) {
            if (place === 'owed') continue;
            const what = expected.get(place);
            const amount = what === undefined ? 0 : { ...parts, both }[what as 'both'];
            expect([place, at.get(place) ?? 0]).toEqual([place, amount]);
          }
          expect([...at.values()].reduce((sum, amount) => sum + amount, 0)).toBe(0);
        }),
      );
    },
  );

  test('names every business event once, and never moves nothing', () => {
    fc.assert(
      fc.property(anyMoney, fc.constantFrom(...Object.keys(lives)), (money, life) => {
        const entries = entriesOf(money, life as keyof typeof lives);
        expect(new Set(entries.map(({ eventKey }) => eventKey)).size).toBe(entries.length);
        expect(entries.every(({ amount }) => amount > 0)).toBe(true);
        expect(entries.every(({ from, to }) => from !== to)).toBe(true);
      }),
    );
  });

  test('owes a seller what was earned, once for each earning', () => {
    const earning = { earningId: 'earn_1', sellerId: 'sel_1', currency: 'eur' } as const;
    const entry = postings.earned({ ...earning, amount: minor(12_34) });
    expect(entry).toMatchObject({ eventKey: 'earn_1/earned', from: 'owed', to: 'platform' });
    expect(entry.amount).toBe(12_34);
  });
});

function opening({ sellerId, currency }: PayoutMoney, to: Place): Omit<Entry, 'amount'> {
  return { eventKey: `opening/${to}`, kind: 'earning', sellerId, currency, from: 'owed', to };
}
