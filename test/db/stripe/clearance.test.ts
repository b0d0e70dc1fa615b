import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from 'kysely';
import { recordFailedRead } from '../../../db/failed-reads/rows.ts';
import { clearTry } from '../../../db/stripe/attempts.ts';
import { newId, type SellerId } from '../../../domain/ids.ts';
import { isClaimed } from '../../../domain/recovery/right-to-send.ts';
import { clearanceOf, keyAgeLimitHours, mayBeDone } from '../../../domain/stripe.ts';
import {
  hourMs,
  liftEveryStop,
  type MoneyDatabase,
  startMoneyDatabase,
  stopAllMoney,
} from '../../build/money.ts';
import { insertAttempt } from './insert-attempt.ts';

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
  isBraked: fc.constantFrom(false, false, true),
  deniedTries: fc.constantFrom(0, 1),
  isCompared: fc.boolean(),
  isUncomparedAccount: fc.constantFrom(false, false, true),
  claim: fc.record({
    isOfThisStart: fc.constantFrom(true, true, true, false),
    seenMinutesAgo: fc.constantFrom(0, 0, 0, 9.9, 10.1, 300),
    claimedMinutesAgo: fc.constantFrom(0, 14, 300),
  }),
  paydayMinutesAgo: fc.option(fc.constantFrom(-5, 1, 200, 400)),
  sentHoursAgo: fc.option(fc.constantFrom(0, 11.9, 12.1, 30)),
});

const past = '2026-01-02T00:00:00.000Z';
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

async function insertPayout(
  sellerId: SellerId,
  payday: string | null,
  { isCanceled, isUncompared }: { isCanceled: boolean; isUncompared: boolean },
) {
  const id = newId('payout');
  const account = `acct_${sellerId.slice(4)}` as const;
  const error = { endpoint: null, statusCode: 403, code: null, permission: null };
  if (isUncompared) {
    const failed = { account, what: 'payouts', error, refused: true, compareFrom: past } as const;
    await recordFailedRead(money.db, failed);
  }
  const of = { seller_id: sellerId, currency: 'eur', stripe_account: account };
  const order = { ...of, ordered_by: 'test', payday };
  const ordered = isCanceled && { cancel_ordered_at: past, cancel_ordered_by: 'key_1' };
  await money.db
    .insertInto('payouts')
    .values({ id, ...order, ...ordered })
    .execute();
  return id;
}

test('the last check before a POST answers as the rule does', async () => {
  await fc.assert(
    fc.asyncProperty(facts, async (of) => {
      const { isMoneyStopped, isCompared, sentHoursAgo, paydayMinutesAgo } = of;
      const claim = {
        isOfThisStart: of.claim.isOfThisStart,
        claimedAt: minutesAgo(of.claim.claimedMinutesAgo),
        seenAt: minutesAgo(of.claim.seenMinutesAgo),
      };
      const payday = paydayMinutesAgo === null ? null : minutesAgo(paydayMinutesAgo);
      await money.db
        .updateTable('right_to_send')
        .set({
          claimed_start: claim.isOfThisStart ? sql<string>`postgres_start()` : 'of before',
          claimed_at: claim.claimedAt,
          seen_at: claim.seenAt,
        })
        .execute();
      await money.db
        .updateTable('operations')
        .set({ compared_start: isCompared ? sql<string>`postgres_start()` : 'of before' })
        .execute();
      await liftEveryStop(money.db);
      if (isMoneyStopped) await stopAllMoney(money.db);
      const sentAt =
        sentHoursAgo === null ? null : new Date(Date.now() - sentHoursAgo * hourMs).toISOString();
      const { isBraked: isCanceled, isUncomparedAccount: isUncompared } = of;
      const given = { isCanceled, isUncompared };
      const payoutId = await insertPayout(await money.seller(), payday, given);
      const tries = sentAt === null ? 0 : 1;
      const tried = { tries, deniedTries: Math.min(of.deniedTries, tries) };
      const { key } = await insertAttempt(money.db, { ...of, ...tried }, sentAt, payoutId);
      const facts = {
        ...of,
        isClaimed: isClaimed(claim, payday, new Date().toISOString()),
        mayBeDone: mayBeDone({ state: of.state, ...tried }),
      };
      expect((await clearTry(money.db, key, [])).clearance).toBe(clearanceOf(facts));
    }),
    { numRuns: 150 },
  );
});

test('a key of exactly the limit is still posted, and a key of a moment more is not', async () => {
  const movedTo = sql<string>`postgres_start()`;
  await liftEveryStop(money.db);
  await money.db.updateTable('operations').set({ compared_start: movedTo }).execute();
  await money.db
    .updateTable('right_to_send')
    .set({ claimed_start: movedTo, seen_at: 'infinity' })
    .execute();
  for (const [moreMs, clearance] of [
    [0, 'send'],
    [1, 'too-old'],
  ] as const) {
    const { key } = await insertAttempt(money.db, { state: 'started', step: 'transfer' }, past);
    const hours = keyAgeLimitHours + moreMs / hourMs;
    // The transaction's time stands still, so that the key is of exactly this age.
    const answer = await money.db.transaction().execute(async (tx) => {
      const sentAt = sql<string>`business_now() - ${hours} * interval '1 hour'`;
      await tx
        .updateTable('attempts')
        .set({ first_sent_at: sentAt, in_doubt_since: sentAt })
        .where('key', '=', key)
        .execute();
      return clearTry(tx, key, []);
    });
    expect(answer.clearance).toBe(clearance);
    const facts = { state: 'started', step: 'transfer', sentHoursAgo: hours } as const;
    const compared = { isCompared: true, isUncomparedAccount: false };
    const may = { isMoneyStopped: false, isClaimed: true, isBraked: false, ...compared };
    expect(clearanceOf({ ...facts, ...may, mayBeDone: true })).toBe(clearance);
  }
});
