import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAttempt } from '../../../db/stripe/attempts.ts';
import { attemptKey, newId, type PayoutId, type SellerId } from '../../../domain/ids.ts';
import { openingOf, takesNewBody } from '../../../domain/stripe.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';
import { insertAttempt } from './insert-attempt.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(4);
});
afterAll(() => money.db.destroy());

const state = fc.constantFrom('started', 'succeeded', 'refused', 'unknown');
const past = '2026-01-02T00:00:00.000Z';

const tried = fc.constantFrom('not', 'in doubt', 'in vain');

const opening = fc.record({
  step: fc.constantFrom('transfer', 'payout', 'cancel'),
  last: fc.option(fc.record({ state, tried, number: fc.constantFrom(1, 2) })),
  isCanceled: fc.boolean(),
  unexplained: fc.constantFrom(null, 'adoption', 'line', 'discrepancy'),
  /** What Stripe made for the seller in the name of another payout. */
  other: fc.constantFrom(
    null,
    'adoption',
    'line',
    'line of an attempt',
    'line that a person closed',
  ),
  otherCurrency: fc.constantFrom('eur', 'usd'),
  isLooked: fc.boolean(),
  word: fc.constantFrom(null, 'confirmed', 'dismissed'),
});

test('a step gets another attempt, or the body that is asked for, where the rules say so', async () => {
  await fc.assert(
    fc.asyncProperty(opening, async ({ step, isCanceled, isLooked, ...of }) => {
      // A try that certainly did nothing does not count as sent.
      const last = of.last && { ...of.last, wasSent: of.last.tried === 'in doubt' };
      const objectId = newId('payout');
      const status = isCanceled ? 'canceled' : 'reserved';
      const sellerId = await money.seller();
      const payout = { payoutId: objectId, sellerId };
      await insertPayout(payout, status);
      // An earlier attempt was refused, by a person's word where the step rests on one.
      const isBefore = last?.number === 2;
      if (isBefore) await insertRefused(objectId, step, of.word === 'confirmed');
      if (last)
        await insertAttempt(
          money.db,
          { ...last, step, deniedTries: last.tried === 'in vain' ? 1 : 0 },
          last.tried === 'not' ? null : past,
          objectId,
        );
      if (of.unexplained) await insertUnexplained(payout, of.unexplained);
      if (of.other) await insertOther(sellerId, of.other, of.otherCurrency);
      if (of.word === 'dismissed') await insertAdoption(payout, step, 'dismissed');
      const expected = openingOf({
        step,
        last,
        isCanceled,
        isUnexplained: of.unexplained !== null,
        isUnknownMade:
          of.unexplained === 'adoption' ||
          of.unexplained === 'line' ||
          (of.otherCurrency === 'eur' && (of.other === 'adoption' || of.other === 'line')),
        restsOnWord:
          (of.word === 'confirmed' && isBefore) || (of.word === 'dismissed' && step !== 'cancel'),
        isLooked,
      });
      const request = { amount: 2 };
      const asked = { objectId, step, account: null, apiVersion: 'v', request };
      const opened = await openAttempt(money.db, asked, { isLooked });
      if (opened.state === 'not-opened') {
        expect(opened.why).toBe(expected);
        return;
      }
      expect(opened.apiVersion === 'v' ? 'open' : 'stands').toBe(expected);
      expect(opened.number).toBe((last?.number ?? 0) + (expected === 'open' ? 1 : 0));
      expect(opened.key).toBe(attemptKey(opened));
      const isRenewed = last !== null && takesNewBody(last);
      expect(opened.request).toEqual(expected === 'open' || isRenewed ? request : { amount: 1 });
    }),
    { numRuns: 200 },
  );
});

type Named = { payoutId: PayoutId; sellerId: SellerId };

async function insertPayout(
  { payoutId: id, sellerId }: Named,
  status: 'canceled' | 'reserved',
): Promise<void> {
  const of = { id, seller_id: sellerId, currency: 'eur', stripe_account: accountOf(sellerId) };
  await money.db
    .insertInto('payouts')
    .values({ ...of, ordered_by: 'test', status })
    .execute();
}

const accountOf = (sellerId: SellerId) => `acct_${sellerId.slice(4)}` as const;

async function insertRefused(objectId: PayoutId, step: string, byWord: boolean): Promise<void> {
  await money.db
    .insertInto('attempts')
    .values({
      key: `${objectId}/${step}/1`,
      object_id: objectId,
      step,
      number: 1,
      state: 'refused',
      refusal: byWord ? 'confirmed-not-sent' : 'other',
      api_version: 'before',
      request: '{}',
      first_sent_at: past,
      decided_at: past,
    })
    .execute();
}

async function insertAdoption(
  { payoutId, sellerId }: Named,
  step: 'transfer' | 'payout' | 'cancel',
  outcome: 'dismissed' | null,
  currency = 'eur',
): Promise<void> {
  if (step === 'cancel') return;
  const closing = { outcome, closed_at: past, closed_by: 'key_test', reason: 'of another system' };
  await money.db
    .insertInto('adoptions')
    .values({
      stripe_id: newId('tr'),
      step,
      payout_id: payoutId,
      stripe_account: accountOf(sellerId),
      amount: 1,
      currency,
      created_at: past,
      ...(outcome && closing),
    })
    .execute();
}

async function insertUnexplained(
  of: Named,
  kind: 'adoption' | 'line' | 'discrepancy',
): Promise<void> {
  if (kind === 'adoption') return insertAdoption(of, 'transfer', null);
  if (kind === 'line') return void (await insertLine(of, 'eur'));
  await insertDiscrepancy({ object: newId('po'), payout_id: of.payoutId });
}

async function insertLine({ payoutId, sellerId }: Named, currency: string): Promise<string> {
  const object = newId('po');
  const row = { payout_id: payoutId, currency, net: -1, type: 'payout', object };
  const times = { created_at: past, available_on: past };
  const line = { id: newId('txn'), seller_id: sellerId, ...row, ...times };
  await money.db.insertInto('movements').values(line).execute();
  return object;
}

type Discrepancy = { object: string; payout_id?: PayoutId } & Partial<
  Record<'stripe_id' | 'closed_at' | 'closed_by' | 'close_reason', string>
>;

async function insertDiscrepancy(of: Discrepancy): Promise<void> {
  await money.db
    .insertInto('discrepancies')
    .values({ id: newId('disc'), cause: 'payout-unexpected', ...of })
    .execute();
}

/** Something that Stripe made in the name of another payout of the seller. */
async function insertOther(sellerId: SellerId, kind: string, currency: string): Promise<void> {
  const of = { payoutId: newId('payout'), sellerId };
  if (kind === 'adoption') return insertAdoption(of, 'payout', null, currency);
  const object = await insertLine(of, currency);
  if (kind === 'line of an attempt') {
    const sent = { state: 'unknown', number: 1, wasSent: true, step: 'payout' } as const;
    await insertAttempt(money.db, sent, past, of.payoutId);
  }
  if (kind === 'line that a person closed') {
    const closing = { closed_at: past, closed_by: 'key_test', close_reason: 'a bonus' };
    await insertDiscrepancy({ object, stripe_id: object, ...closing });
  }
}
