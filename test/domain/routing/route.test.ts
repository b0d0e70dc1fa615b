import { describe, expect, test } from 'vitest';
import {
  alwaysAutomatic,
  globalPayouts,
  recipientAgreement,
  selfServe,
} from '../../../domain/routing/corridors.ts';
import { countries } from '../../../domain/routing/currencies.ts';
import {
  leastInCountry,
  payoutMinimums,
  recipientMinimums,
} from '../../../domain/routing/minimums.ts';
import {
  agreements,
  flows,
  route,
  type RouteFacts,
  sayRoute,
} from '../../../domain/routing/route.ts';

const facts = (given: Partial<RouteFacts>): RouteFacts => ({
  platform: 'DE',
  seller: 'FR',
  currency: 'eur',
  flow: 'transfer',
  agreement: 'full',
  ...given,
});

describe('a route', () => {
  test.each([
    // platform seller flow           agreement    outcome                reason
    ['DE', 'DE', 'transfer', 'full', 'domestic', 'same-country'],
    ['JP', 'JP', 'transfer', 'full', 'domestic', 'same-country'],
    ['BR', 'BR', 'transfer', 'full', 'unsupported', 'paid-out-by-stripe-alone'],
    ['US', 'IN', 'direct', 'full', 'unsupported', 'paid-out-by-stripe-alone'],
    ['DE', 'US', 'transfer', 'full', 'cross-border', 'self-serve-corridor'],
    ['US', 'CH', 'destination', 'full', 'cross-border', 'self-serve-corridor'],
    ['CA', 'GB', 'on-behalf-of', 'full', 'unsupported', 'flow-not-across-borders'],
    ['GB', 'IS', 'transfer', 'recipient', 'unsupported', 'recipient-not-self-serve'],
    ['DE', 'JP', 'direct', 'full', 'domestic', 'made-at-the-seller'],
    ['DE', 'RU', 'direct', 'full', 'unsupported', 'no-accounts-there'],
    ['US', 'MX', 'transfer', 'recipient', 'recipient-agreement', 'recipient-corridor'],
    ['US', 'MX', 'destination', 'recipient', 'unsupported', 'flow-not-across-borders'],
    ['US', 'JP', 'transfer', 'full', 'unsupported', 'needs-recipient-agreement'],
    ['DE', 'JP', 'transfer', 'recipient', 'unsupported', 'outside-the-region'],
    ['AU', 'NZ', 'transfer', 'full', 'unsupported', 'outside-the-region'],
  ] as const)(
    'from %s to %s by %s under the %s agreement is %s: %s',
    (platform, seller, flow, agreement, outcome, reason) => {
      expect(route(facts({ platform, seller, flow, agreement }))).toMatchObject({
        outcome,
        reason,
      });
    },
  );

  test('has steps, a minimum and a sentence for every pair of countries, flow and agreement', () => {
    for (const platform of ['US', 'DE', 'GB', 'CH', 'CA', 'JP', 'AU', 'BR']) {
      for (const seller of countries) {
        for (const flow of flows) {
          for (const agreement of agreements) {
            const given = facts({ platform, seller, flow, agreement });
            const found = route(given);
            const isPaid = found.outcome !== 'unsupported';
            expect(found.steps.at(-1), JSON.stringify(given)).toBe(isPaid ? 'payout' : undefined);
            expect(found.least === null).toBe(!isPaid);
            expect(sayRoute(found, given)).toContain(seller);
          }
        }
      }
    }
  });

  test('names Global Payouts where the platform could use it, and nowhere else', () => {
    const say = (platform: string): string => {
      const given = facts({ platform, seller: 'MX' });
      return sayRoute(route(given), given);
    };
    expect(say('US')).toContain('Global Payouts');
    expect(say('DE')).not.toContain('Global Payouts');
  });

  test('under the recipient agreement takes a day longer', () => {
    const recipient = facts({ platform: 'US', seller: 'TH', agreement: 'recipient' });
    expect(route(recipient).extraHours).toBe(24);
    expect(route(facts({ seller: 'US' })).extraHours).toBe(0);
  });
});

describe('the smallest payout', () => {
  test.each([
    ['US', false, 1, 'usd'],
    ['CA', false, 1, 'cad'],
    ['DE', false, 1_00, 'eur'],
    ['BG', false, 1_00, 'eur'],
    ['IS', false, 1_00, 'eur'],
    ['GI', false, 1_00, 'gbp'],
    ['HU', false, 360_00, 'huf'],
    ['JP', false, 1, 'jpy'],
    ['VN', false, 81_125, 'vnd'],
    ['KR', false, 1, 'krw'],
    ['KR', true, 40_000, 'krw'],
    ['MY', true, 133_00, 'myr'],
    ['MX', true, 10_00, 'mxn'],
    ['AU', true, 1, 'aud'],
    ['AE', true, 2_00, 'aed'],
    ['QA', true, 1_00, 'qar'],
    ['PA', true, 50_00, 'usd'],
  ] as const)('in %s (recipient: %s) is %i %s', (country, isRecipient, amount, currency) => {
    expect(leastInCountry(country, isRecipient)).toEqual({ amount, currency });
  });
});

test('every table was compared with its source within a year', () => {
  const tables = {
    selfServe,
    recipientAgreement,
    alwaysAutomatic,
    globalPayouts,
    payoutMinimums,
    recipientMinimums,
  };
  const yearAgo = new Date(Date.now() - 366 * 24 * 60 * 60_000).toISOString().slice(0, 10);
  for (const [name, { checkedOn }] of Object.entries(tables)) {
    expect(checkedOn >= yearAgo, `${name}: compare it with its source, then change checkedOn`).toBe(
      true,
    );
  }
});

test('every country of a table is a country', () => {
  const named = [selfServe, recipientAgreement, alwaysAutomatic, globalPayouts].flatMap(
    ({ countries: some }) => [...some],
  );
  named.push(...payoutMinimums.byCountry.keys(), ...recipientMinimums.byCountry.keys());
  expect(named.filter((country) => !countries.includes(country))).toEqual([]);
});
