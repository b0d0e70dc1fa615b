import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from 'kysely';
import { clearTry, openAttempt } from '../../../db/stripe/attempts.ts';
import { newId } from '../../../domain/ids.ts';
import { clearanceOf, mayOpenAttempt } from '../../../domain/stripe.ts';
import { hourMs, type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(4);
});
afterAll(() => money.db.destroy());

const state = fc.constantFrom('started', 'succeeded', 'refused', 'unknown');
const facts = fc.record({
  // An open attempt is the interesting one.
  state: fc.oneof({ weight: 3, arbitrary: fc.constant('started' as const) }, state),
  step: fc.constantFrom('transfer', 'payout', 'account', 'cancel'),
  isMoneyStopped: fc.boolean(),
  isCompared: fc.boolean(),
  sentHoursAgo: fc.option(fc.constantFrom(0, 11.9, 12.1, 30)),
});
type Facts = typeof facts extends fc.Arbitrary<infer Row> ? Row : never;

async function insertAttempt(of: Pick<Facts, 'state' | 'step'>, sentAt: string | null) {
  const objectId = newId('payout');
  const key = `${objectId}/${of.step}/1`;
  await money.db
    .insertInto('attempts')
    .values({
      key,
      object_id: objectId,
      step: of.step,
      number: 1,
      state: of.state,
      api_version: '2026-10-28.endive',
      request: JSON.stringify({ amount: 1 }),
      first_sent_at: sentAt,
      last_sent_at: sentAt,
      tries: sentAt === null ? 0 : 1,
      refusal: of.state === 'refused' ? 'other' : null,
      decided_at:
        of.state === 'refused' || of.state === 'succeeded' ? new Date().toISOString() : null,
      stripe_id: of.state === 'succeeded' ? newId('tr') : null,
    })
    .execute();
  return { objectId, key };
}

test('the last check before a POST answers as the rule does', async () => {
  await fc.assert(
    fc.asyncProperty(facts, async (of) => {
      const { isMoneyStopped, isCompared, sentHoursAgo } = of;
      await money.db
        .updateTable('operations')
        .set({
          money_stopped: isMoneyStopped,
          reason: isMoneyStopped ? 'a test' : null,
          compared_start: isCompared ? sql<string>`postgres_start()` : 'of before',
        })
        .execute();
      const sentAt =
        sentHoursAgo === null ? null : new Date(Date.now() - sentHoursAgo * hourMs).toISOString();
      const { key } = await insertAttempt(of, sentAt);
      expect((await clearTry(money.db, key, [])).clearance).toBe(clearanceOf(of));
    }),
    { numRuns: 150 },
  );
});

test('a step gets another attempt where the rule says so', async () => {
  await fc.assert(
    fc.asyncProperty(fc.option(state), fc.boolean(), async (last, isCanceled) => {
      const sellerId = await money.seller();
      const { objectId } =
        last === null
          ? { objectId: newId('payout') }
          : await insertAttempt({ state: last, step: 'transfer' }, null);
      await money.db
        .insertInto('payouts')
        .values({
          id: objectId,
          seller_id: sellerId,
          currency: 'eur',
          ordered_by: 'test',
          status: isCanceled ? 'canceled' : 'reserved',
        })
        .execute();
      const asked = { objectId, step: 'transfer', account: null, apiVersion: 'v', request: {} };
      const opened = await openAttempt(money.db, asked);
      const isNew = opened !== undefined && opened.apiVersion === 'v';
      expect(isNew).toBe(mayOpenAttempt(last, isCanceled));
      expect(opened?.number).toBe(
        isNew ? (last === null ? 1 : 2) : last && last !== 'refused' ? 1 : undefined,
      );
    }),
    { numRuns: 60 },
  );
});
