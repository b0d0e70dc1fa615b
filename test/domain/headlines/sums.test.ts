import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SellerFacts } from '../../../domain/explanations/facts.ts';
import { explainSeller } from '../../../domain/explanations/seller.ts';
import { moneyParts } from '../../../domain/headlines/sums.ts';
import { formatMoney, money } from '../../../domain/money.ts';
import { manualSchedule } from '../../../domain/paydays/schedule.ts';
import { factsOf, now, seller } from './facts.ts';

const amount = fc.integer({ min: 0, max: 1_000_000 });
const hold = fc.record({
  currency: fc.constant(null),
  amount: fc.option(amount),
  expiresAt: fc.constant(null),
});
const orders = fc.array(fc.record({ requestedAmount: fc.option(fc.integer({ min: 1 })) }), {
  maxLength: 3,
});
const someOf = fc.boolean();
const pause: SellerFacts['seller']['pauses'][number] = {
  id: 'pause_1',
  reason: 'odd',
  pausedBy: 'key_1',
  pausedByName: 'shop',
  pausedAt: now,
  confirmedAt: now,
};
const generated = fc
  .record({
    currency: fc.constantFrom('eur', 'huf', 'jpy', 'kwd', 'isk', 'usd'),
    places: fc.record({
      platform: amount,
      account: fc.integer({ min: -10_000, max: 1_000_000 }),
      'platform-reserved': amount,
      'account-reserved': amount,
      'in-transit': amount,
      bank: amount,
      foreign: fc.integer({ min: -10_000, max: 10_000 }),
    }),
    laterAtPlatform: amount,
    laterAtAccount: amount,
    holds: fc.array(hold, { maxLength: 2 }),
    orders,
    minimum: amount,
    threshold: fc.option(amount),
    isDaily: someOf,
    stops: fc.record({
      isBusy: someOf,
      isBankPaused: someOf,
      isPaused: someOf,
      isRestricted: someOf,
      isMoneyStopped: someOf,
    }),
  })
  .map(({ currency, places, stops, ...of }): SellerFacts => {
    const account = { atAccount: places.account - of.laterAtAccount };
    const status = stops.isRestricted ? 'restricted' : 'active';
    const pauses = stops.isPaused ? [pause] : [];
    const thresholds = of.threshold === null ? {} : { [currency]: of.threshold };
    const schedule = {
      ...manualSchedule,
      ...(of.isDaily && { interval: 'daily' as const }),
      minimums: { [currency]: of.minimum },
      thresholds,
    };
    const { isBusy, isBankPaused } = stops;
    const { holds, orders: open, laterAtPlatform: notYetAvailable } = of;
    const fund = { currency, ...account, notYetAvailable, holds, orders: open };
    return factsOf(places, {
      fund: { ...fund, isBusy, isBankPaused },
      seller: { ...seller, status, pauses, schedule },
      operations: { moneyStopped: stops.isMoneyStopped, stops: [] },
    });
  });

describe('the sums of an explanation', () => {
  test('add up to everything that was ever owed, in every situation', () => {
    fc.assert(
      fc.property(generated, (facts) => {
        const [own] = explainSeller(facts, (at) => at).money;
        if (!own) throw new Error('no currency');
        const sum = moneyParts.reduce((all, part) => all + own[part].amount, 0);
        expect(sum).toBe(own.earned.amount);
        for (const part of moneyParts) {
          const mayBeNegative = part === 'belowZero' || part === 'movedByOthers';
          if (!mayBeNegative) expect([part, own[part].amount >= 0]).toEqual([part, true]);
        }
      }),
    );
  });

  test('are in the headline, each with its amount, and nothing is payable now while it is stopped', () => {
    fc.assert(
      fc.property(generated, (facts) => {
        const { money: sums, summary } = explainSeller(facts, (at) => at);
        const [own] = sums;
        if (!own) throw new Error('no currency');
        const [headline = ''] = summary.split('. ');
        for (const part of moneyParts) {
          const { amount: said, currency } = own[part];
          if (said !== 0) {
            expect(headline).toContain(formatMoney(money(Math.abs(said), currency)));
          }
        }
        expect(headline.includes('payable now')).toBe(own.payable.amount > 0);
        const { seller: of, operations, funds } = facts;
        const [fund] = funds;
        const isStopped =
          of.status !== 'active' ||
          of.pauses.length > 0 ||
          operations.moneyStopped ||
          fund?.isBankPaused === true ||
          fund?.isBusy === true;
        if (isStopped) expect(own.payable.amount).toBe(0);
      }),
    );
  });
});
