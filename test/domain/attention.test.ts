import { describe, expect, test } from 'vitest';
import {
  type BulkCommand,
  type BulkFacts,
  onceEach,
  planBulk,
  sumsOf,
} from '../../domain/attention/bulk.ts';
import { money } from '../../domain/money.ts';

const payout = { kind: 'payout', id: 'payout_1', sellerId: 'sel_1' } as const;
const seller = { kind: 'seller', id: 'sel_1', sellerId: 'sel_1' } as const;
const differs = { kind: 'discrepancy', parked: 'transfer-not-ordered' } as const;

/** Facts of an active seller, with nothing else around. */
function facts(item: BulkFacts['item'], given: Partial<BulkFacts> = {}): BulkFacts {
  const row = {
    status: 'reserved',
    cancelAsked: false,
    isCancelUnknown: false,
    needsLook: false,
  } as const;
  return {
    item,
    payout: item.kind === 'payout' ? { ...row, attempts: {} } : null,
    seller: item.sellerId === null ? null : { status: 'active', pauses: [] },
    holds: [],
    banks: [],
    ...given,
  };
}

const refused = facts({ ...payout, parked: 'refused-by-stripe' });
const sent = { state: 'unknown', tries: 1, deniedTries: 0 } as const;
const by = 'key_1';
const pause = { id: 'pause_1', reason: 'why', pausedBy: by } as const;
const paused = { status: 'active', pauses: [pause] };
const others = { status: 'active', pauses: [{ ...pause, pausedBy: 'key_2' }] };

describe('an order of many', () => {
  test.each<[command: BulkCommand, of: BulkFacts, plan: string, why: string]>([
    ['retry', refused, 'payout', 'its cause was removed'],
    ['retry', facts({ ...payout, parked: 'unexpected-state' }), 'payout', 'it was put right'],
    ['retry', facts({ ...payout, parked: 'outcome-unknown' }), 'look-first', 'it may be sent'],
    ['retry', facts({ ...payout, parked: 'late' }), 'not-offered', 'it did not stop'],
    ['retry', facts({ ...seller, parked: 'account-refused' }), 'seller', 'its cause was removed'],
    ['retry', facts({ ...seller, parked: 'account-outcome-unknown' }), 'look-first', 'may exist'],
    ['retry', facts({ ...differs, sellerId: 'sel_1' }), 'not-offered', 'nothing to try'],
    ['cancel', refused, 'payout', 'nothing is under way'],
    [
      'cancel',
      { ...refused, payout: refused.payout && { ...refused.payout, attempts: { transfer: sent } } },
      'outcome-open',
      'the money may be moving',
    ],
    ['cancel', facts({ ...payout, parked: 'unexpected-state' }), 'not-offered', 'where is it?'],
    ['cancel', facts({ ...payout, parked: 'late' }), 'not-offered', 'the bank has it'],
    ['cancel', facts({ ...payout, parked: 'outcome-unknown' }), 'look-first', 'it may be sent'],
    ['cancel', facts({ ...seller, parked: 'account-refused' }), 'not-offered', 'no payout'],
    ['confirm-not-sent', facts({ ...payout, parked: 'outcome-unknown' }), 'payout', 'after a look'],
    ['confirm-not-sent', refused, 'not-offered', 'Stripe said so itself'],
    [
      'confirm-not-sent',
      facts({ ...seller, parked: 'account-outcome-unknown' }),
      'not-offered',
      'no money moves',
    ],
    ['release-hold', facts({ ...differs, sellerId: 'sel_1' }), 'no-hold', 'none was placed'],
    [
      'release-hold',
      facts({ ...differs, sellerId: 'sel_1' }, { holds: ['hold_1', 'hold_2'] }),
      'hold hold',
      'each that was placed with it',
    ],
    ['release-hold', { ...refused, holds: ['hold_1'] }, 'not-offered', 'a hold of another cause'],
    ['resume-bank-account', refused, 'no-paused-bank-account', 'none is paused'],
    [
      'resume-bank-account',
      { ...refused, banks: [{ id: 'ba_1', pausedAt: '2026-11-01T00:00:00Z' }] },
      'bank-account',
      'the money would go there',
    ],
    ['pause-seller', refused, 'seller', 'whatever stopped'],
    ['pause-seller', { ...refused, seller: paused }, 'paused-already', 'the pause stays'],
    ['pause-seller', { ...refused, seller: others }, 'seller', 'a pause of another stays'],
    [
      'pause-seller',
      { ...refused, seller: { status: 'closed', pauses: [] } },
      'seller-closed',
      'nothing is paid',
    ],
    ['pause-seller', facts({ ...differs, sellerId: null }), 'no-seller', 'of the platform'],
    ['resume-seller', { ...refused, seller: paused }, 'pause', 'the caller paused it'],
    ['resume-seller', { ...refused, seller: others }, 'pause-not-named', 'another paused it'],
    [
      'resume-seller',
      { ...refused, seller: { status: 'active', pauses: [...paused.pauses, ...others.pauses] } },
      'pause-not-named',
      'none is lifted by chance',
    ],
    ['resume-seller', refused, 'not-paused', 'it was not'],
  ])('%s of %j comes down to %s: %s', (command, of, expected) => {
    const plan = planBulk({ command, reason: 'why', by }, of);
    const told = plan.kind === 'leave' ? plan.why : plan.targets.map(({ kind }) => kind).join(' ');
    expect(told).toBe(expected);
  });

  test('does what two come down to once, for the first; of two sellers it is not the same', () => {
    const plan = planBulk({ command: 'pause-seller', reason: 'why', by }, refused);
    const of = (sellerId: string) => ({ record: { sellerId }, plan });
    const plans = onceEach([of('sel_1'), of('sel_1'), of('sel_2')]).map((one) => one.plan);
    expect(plans).toEqual([plan, { kind: 'leave', why: 'same-target' }, plan]);
  });
});

test('sums are for each currency, which never meet', () => {
  const all = [money(2, 'usd'), money(1, 'eur'), money(40, 'usd')];
  expect(sumsOf(all)).toEqual([money(1, 'eur'), money(42, 'usd')]);
});
