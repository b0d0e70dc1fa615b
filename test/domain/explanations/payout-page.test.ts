import { describe, expect, test } from 'vitest';
import { describeJob } from '../../../domain/explanations/temporal-ui/jobs.ts';
import { describePayout } from '../../../domain/explanations/temporal-ui/payouts.ts';
import { nextStep, type Payout } from '../../../domain/payouts/states.ts';
import { ownRefusal } from '../../../domain/refusals/reasons.ts';
import { aPayout, later, noon } from '../../build/payout.ts';

function pageOf(given: Partial<Payout>): string {
  const payout = aPayout(given);
  return describePayout(payout, nextStep(payout, false));
}

describe('the page of a payout says which earnings are in it', () => {
  const first = [1, 2, 3, 4, 5].map((n) => {
    return { earningId: `earn_0123456789abcdefghj${n}` as const, amount: n * 1_00 };
  });
  const rest = '`GET /v1/payouts/payout_0123456789abcdefghjk/items`';

  test.each(['reserved', 'sent', 'paid', 'settled', 'failed'] as const)('while %s', (status) => {
    expect(pageOf({ status, earnings: { count: 1, first: first.slice(0, 1) } })).toContain(
      `- made of 1 earning: \`earn_0123456789abcdefghj1\` 1.00 EUR; ${rest}`,
    );
  });

  test('by their number, the first of them, and the request for the rest', () => {
    const page = pageOf({ status: 'reserved', earnings: { count: 7, first } });
    expect(page).toContain('- made of 7 earnings: `earn_0123456789abcdefghj1` 1.00 EUR, ');
    expect(page).toContain(`\`earn_0123456789abcdefghj5\` 5.00 EUR and 2 more; ${rest}`);
  });

  test('not before they are allocated', () => {
    expect(pageOf({ earnings: { count: 0, first: [] } })).not.toContain('earning');
  });
});

describe('the page of a refused payout', () => {
  const answer = { statusCode: 400, type: 'invalid_request_error', requestId: 'req_7' };
  const pageAfter = (code: string | null, message: string | null): string => {
    const refusal = ownRefusal({ ...answer, code, message });
    return pageOf({ status: 'reserved', parked: 'refused-by-stripe', refusal });
  };
  const firstCommand = (page: string) => /`POST \/v1\/payouts\/\w+\/([\w-]+)`/.exec(page)?.[1];

  test.each([
    ['country_unsupported', null, /does not support this country/, 'retry'],
    ['amount_too_small', 'Secret', /below Stripe’s minimum/, 'cancel'],
    ['amount_too_large', null, /above Stripe’s maximum/, 'cancel'],
    [
      null,
      "Funds can't be sent to accounts located in JP because it's restricted outside",
      /accounts in JP, .* A retry does not help/,
      'paid-elsewhere',
    ],
  ])('for %s, %s says why, and first the command that helps', (code, message, why, command) => {
    const page = pageAfter(code, message);
    expect(page).toMatch(why);
    expect(page).not.toContain('Secret');
    expect(firstCommand(page)).toBe(command);
    const named = [...page.matchAll(/`POST \/v1\/payouts\/\w+\/([\w-]+)`/g)].map(
      ([, name]) => name,
    );
    expect(named.indexOf('retry')).toBe(command === 'retry' ? 0 : named.length - 1);
  });

  test('for an unknown reason says only the codes, and nothing that Stripe wrote', () => {
    const page = pageAfter(null, 'Ada Miller is odd');
    expect(page).toContain('not known here (invalid_request_error)');
    expect(page).toContain('req_7');
    expect(page).not.toContain('odd');
    expect(firstCommand(page)).toBe('retry');
  });
});

test('the page of a late payout begins with the day since which it is late', () => {
  const sent = '2026-11-01T12:00:00Z';
  const rest = { bankExpected: null, paid: null, over: null, parked: null };
  const dates = { ordered: noon, reserved: noon, sent, ...rest };
  const page = pageOf({ status: 'sent', waitingFor: 'bank', lookAgainAt: later, dates });
  expect(page).toMatch(/^\*\*Late at the bank since 8 Nov(ember)? 2026\*\*/);
  expect(page).not.toContain('waits for the bank');
});

describe('the page of a late payout', () => {
  const sent = { ordered: noon, reserved: noon, sent: '2026-11-01T12:00:00Z' };
  const none = { paid: null, over: null, parked: null };
  const dates = { ...sent, ...none, bankExpected: '2026-11-05' };
  const late = { status: 'sent', waitingFor: 'bank', lookAgainAt: later, dates } as const;
  const page = pageOf({ ...late, stripePayoutId: 'po_1' });

  test('names one day, and the payout of which Stripe has the trace', () => {
    expect(page).toContain('Ask Stripe for the trace of `po_1`');
    expect(page).not.toMatch(/5 Nov|overdue|had the money longer/);
  });

  test('says where the money is, also while Stripe may still have it', () => {
    const money = { ...late, fromPlatform: 70_00 };
    const way =
      '- the money: 70.00 EUR with Stripe or the banks, on its way to the seller’s bank since';
    expect(pageOf(money)).toContain(way);
  });

  test('lists the requests that can stop it', () => {
    expect(page).toMatch(/- `POST \/v1\/payouts\/\w+\/cancel`/);
    expect(page).toMatch(/- `POST \/v1\/payouts\/\w+\/leave-with-seller`/);
  });
});

test('the page of a payout that waits for the platform says which sum it needs', () => {
  const amounts = { fromPlatform: 70_00, fromAccount: 30_00 };
  const page = pageOf({
    status: 'reserved',
    waitingFor: 'platform-balance',
    lookAgainAt: later,
    ...amounts,
  });
  expect(page).toContain('needs 70.00 EUR of the platform’s balance');
  expect(page).toContain('GET /v1/funding has the sum that all payouts need');
});

describe('the page of a payout says where its money is', () => {
  const amounts = { fromPlatform: 70_00, fromAccount: 30_00 };
  const unknown = { parked: 'outcome-unknown' } as const;
  const refused = { parked: 'refused-by-stripe' } as const;
  const there = 'at the seller’s account at Stripe';
  const at = { ordered: noon, reserved: noon, sent: noon, paid: noon };
  const dates = { ...at, bankExpected: null, over: null, parked: null };
  const since = 'since Mon, 23 Nov 2026, 12:00 UTC';

  test.each([
    [
      { status: 'reserved', ...unknown, unknownStep: 'transfer' },
      `70.00 EUR at the platform, or ${there} if Stripe made the transfer; 30.00 EUR ${there}`,
    ],
    [
      { status: 'transferred', ...unknown, unknownStep: 'payout' },
      `100.00 EUR ${there}, or on its way to the bank if Stripe made the payout`,
    ],
    [{ status: 'reserved', ...refused }, `70.00 EUR at the platform; 30.00 EUR ${there}`],
    [{ status: 'transferred', ...refused }, `100.00 EUR ${there}`],
    [
      { status: 'reserved', dates },
      `70.00 EUR at the platform, or ${there} if Stripe made the transfer; 30.00 EUR ${there}, reserved ${since}`,
    ],
    [
      { status: 'reserved', waitingFor: 'hold', lookAgainAt: later, dates },
      `70.00 EUR at the platform; 30.00 EUR ${there}, reserved ${since}`,
    ],
    [
      { status: 'sent', waitingFor: 'bank', lookAgainAt: later, dates },
      `100.00 EUR with Stripe or the banks, on its way to the seller’s bank ${since}`,
    ],
    [
      { status: 'paid', waitingFor: 'late-return', lookAgainAt: later, dates },
      `100.00 EUR at the seller’s bank ${since}`,
    ],
  ] as const)('%j', (stopped, words) => {
    expect(pageOf({ ...amounts, ...stopped })).toContain(`\n- the money: ${words}\n`);
  });

  test('before anything is reserved: on the page of its seller', () => {
    const page = pageOf({ status: 'requested', waitingFor: 'seller-paused', lookAgainAt: later });
    expect(page).toContain('- the money: nothing is reserved yet; `seller/sel_');
  });

  test.each(['failed', 'returned'] as const)('at its end: %s', (status) => {
    expect(pageOf({ ...amounts, status })).toContain(`back ${there}`);
  });
});

test('the page of a payout that is over says on which day it ended', () => {
  const at = { ordered: noon, reserved: noon, sent: noon, paid: null, over: noon };
  const page = pageOf({ status: 'failed', dates: { ...at, bankExpected: null, parked: null } });
  expect(page).toContain('ended Mon, 23 Nov 2026');
});

test('the requests of a payout of unknown outcome say in words when they work', () => {
  const page = pageOf({ status: 'transferred', parked: 'outcome-unknown', unknownStep: 'payout' });
  expect(page).toContain('adds `"callOff": true` to the body ends the payout instead');
  expect(page).toContain('Only if the account has left the platform');
});

test('the page of a reconciliation says how many discrepancies it found', () => {
  const found = { lines: 12, sellers: 3, newDiscrepancies: 2, openDiscrepancies: 5 };
  const page = describeJob('reconciliation', found);
  expect(page).toContain('- newDiscrepancies: 2\n- openDiscrepancies: 5');
});
