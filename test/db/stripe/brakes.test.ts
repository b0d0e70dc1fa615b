import * as fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { placeHold, releaseHold } from '../../../db/holds.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { brakeOn } from '../../../db/stripe/brakes.ts';
import { newId } from '../../../domain/ids.ts';
import { brakeOf } from '../../../domain/payouts/sending.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(4);
});
afterAll(() => money.db.destroy());

const past = '2026-01-02T00:00:00.000Z';
const future = '2199-01-01T00:00:00.000Z';
const later = { availableOn: future };

const given = fc.record({
  isCancelOrdered: fc.constantFrom(false, false, false, true),
  isSellerPaused: fc.constantFrom(false, false, false, true),
  isBankPaused: fc.constantFrom(false, false, false, true),
  holds: fc.array(
    fc.record({
      currency: fc.constantFrom(null, 'eur', 'usd'),
      amount: fc.option(fc.constantFrom(1, 10_00, 20_00), { freq: 4 }),
      expiresAt: fc.constantFrom(null, future),
      ended: fc.constantFrom(null, null, 'released', 'expired'),
      ofEarning: fc.constantFrom(null, null, 'payable', 'later'),
      source: fc.constantFrom('operator', 'system'),
    }),
    { maxLength: 3 },
  ),
  free: fc.constantFrom(0, 10_00, 30_00),
});

test('the last check before a POST sees the brakes that the rule names', async () => {
  await fc.assert(
    fc.asyncProperty(given, async (of) => {
      const { db } = money;
      const sellerId = await money.seller();
      await money.earn(sellerId, 50_00);
      const payoutId = await money.order(sellerId);
      await reservePayout(db, payoutId);
      if (of.free > 0) await money.earn(sellerId, of.free);
      // Money that is not payable yet is not free.
      await money.earn(sellerId, 70_00, later);
      await insertBank(sellerId, of.isBankPaused);
      const counted = [];
      let { free } = of;
      for (const { ended, ofEarning, ...hold } of of.holds) {
        const currency = hold.amount === null ? hold.currency : (hold.currency ?? 'eur');
        const isOfEarning = ofEarning !== null && hold.amount !== null && currency === 'eur';
        const isLater = ofEarning === 'later';
        const earningId = isOfEarning ? await money.earn(sellerId, 1, isLater ? later : {}) : null;
        if (isOfEarning && !isLater) free += 1;
        const amount = isOfEarning ? 1 : hold.amount;
        const expires = ended === 'expired' ? past : hold.expiresAt;
        const expiresAt = isOfEarning ? null : expires;
        const held = { currency, amount, expiresAt, source: hold.source };
        const why = { sellerId, reason: 'test', earningId };
        const { id } = await db
          .transaction()
          .execute((tx) => placeHold(tx, { ...held, ...why }, 'key_1'));
        if (ended === 'released') await release(id);
        const isOver = ended === 'released' || (ended === 'expired' && !isOfEarning);
        if (!isOver && !(isOfEarning && isLater)) counted.push(held);
      }
      await pull(payoutId, sellerId, of);
      const { rows } = await sql<{ brake: string | null }>`
        select ${brakeOn(sql`${payoutId}`)} as brake`.execute(db);
      const facts = { ...of, holds: counted, free, currency: 'eur' };
      expect(rows[0]?.brake).toBe(brakeOf(facts));
    }),
    { numRuns: 60 },
  );
});

async function insertBank(sellerId: `sel_${string}`, isPaused: boolean): Promise<void> {
  await money.bank(sellerId, 'eur');
  if (!isPaused) return;
  await money.db
    .updateTable('bank_accounts')
    .set({ paused_at: past })
    .where('seller_id', '=', sellerId)
    .execute();
}

async function release(holdId: `hold_${string}`): Promise<void> {
  const why = { holdId, reason: 'test', by: 'key_1' };
  await money.db.transaction().execute((tx) => releaseHold(tx, why));
}

async function pull(
  payoutId: `payout_${string}`,
  sellerId: `sel_${string}`,
  of: { isCancelOrdered: boolean; isSellerPaused: boolean },
): Promise<void> {
  if (of.isCancelOrdered) {
    await money.db
      .updateTable('payouts')
      .set({ cancel_ordered_at: past, cancel_ordered_by: 'key_1' })
      .where('id', '=', payoutId)
      .execute();
  }
  if (of.isSellerPaused) {
    await money.db
      .insertInto('seller_pauses')
      .values({ id: newId('pause'), seller_id: sellerId, paused_by: 'key_1', reason: 'test' })
      .execute();
  }
}
