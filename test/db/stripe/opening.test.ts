import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAttempt } from '../../../db/stripe/attempts.ts';
import { attemptKey, newId, type PayoutId } from '../../../domain/ids.ts';
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

const opening = fc.record({
  step: fc.constantFrom('transfer', 'payout', 'cancel'),
  last: fc.option(fc.record({ state, wasSent: fc.boolean(), number: fc.constantFrom(1, 2) })),
  isCanceled: fc.boolean(),
  unexplained: fc.constantFrom(null, 'adoption', 'line', 'discrepancy'),
  isLooked: fc.boolean(),
  word: fc.constantFrom(null, 'confirmed', 'dismissed'),
});

test('a step gets another attempt, or the body that is asked for, where the rules say so', async () => {
  await fc.assert(
    fc.asyncProperty(opening, async ({ step, last, isCanceled, isLooked, ...of }) => {
      const objectId = newId('payout');
      const status = isCanceled ? 'canceled' : 'reserved';
      await insertPayout(objectId, status);
      // An earlier attempt was refused, by a person's word where the step rests on one.
      const isBefore = last?.number === 2;
      if (isBefore) await insertRefused(objectId, step, of.word === 'confirmed');
      if (last)
        await insertAttempt(money.db, { ...last, step }, last.wasSent ? past : null, objectId);
      if (of.unexplained) await insertUnexplained(objectId, of.unexplained);
      if (of.word === 'dismissed') await insertAdoption(objectId, step, 'dismissed');
      const expected = openingOf({
        step,
        last,
        isCanceled,
        isUnexplained: of.unexplained !== null,
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

async function insertPayout(id: PayoutId, status: 'canceled' | 'reserved'): Promise<void> {
  const sellerId = await money.seller();
  await money.db
    .insertInto('payouts')
    .values({ id, seller_id: sellerId, currency: 'eur', ordered_by: 'test', status })
    .execute();
}

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
  payoutId: PayoutId,
  step: 'transfer' | 'payout' | 'cancel',
  outcome: 'dismissed' | null,
): Promise<void> {
  if (step === 'cancel') return;
  const closing = { outcome, closed_at: past, closed_by: 'key_test', reason: 'of another system' };
  await money.db
    .insertInto('adoptions')
    .values({
      stripe_id: newId('tr'),
      step,
      payout_id: payoutId,
      stripe_account: 'acct_1',
      amount: 1,
      currency: 'eur',
      created_at: past,
      ...(outcome && closing),
    })
    .execute();
}

async function insertUnexplained(
  payoutId: PayoutId,
  kind: 'adoption' | 'line' | 'discrepancy',
): Promise<void> {
  const row = { payout_id: payoutId, currency: 'eur', net: -1, type: 'payout' };
  if (kind === 'adoption') return insertAdoption(payoutId, 'transfer', null);
  if (kind === 'line') {
    const times = { created_at: past, available_on: past };
    const line = { id: newId('txn'), object: newId('po'), ...row, ...times };
    await money.db.insertInto('movements').values(line).execute();
    return;
  }
  const object = newId('po');
  await money.db
    .insertInto('discrepancies')
    .values({ id: newId('disc'), cause: 'payout-unexpected', object, payout_id: payoutId })
    .execute();
}
