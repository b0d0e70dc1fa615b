import * as fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { readPreviewFacts } from '../../../db/explanations/facts.ts';
import { readFunding } from '../../../db/funding.ts';
import { openPayday } from '../../../db/paydays/rows.ts';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import { comingPayday } from '../../../domain/paydays/coming.ts';
import { type MoneyDatabase, hourMs, startMoneyDatabase } from '../../build/money.ts';
import { anySeller, currencies, makeAnySeller } from '../../promises/any-seller.ts';
import { close, payoutsOf, takeTurns, type Turn } from '../../promises/turns.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase();
});

const ago = (days: number) => new Date(Date.now() - days * 24 * hourMs).toISOString();
const calendar = () => ({ latest: null, upcoming: [ago(-1)] });

/** What a seller earns before a payday. */
const earning = fc.record({
  currency: fc.constantFrom(...currencies),
  amount: fc.integer({ min: 1, max: 30_00 }),
});
type Earned = { currency: string; amount: number };
const days = fc.array(fc.option(earning), { minLength: 2, maxLength: 6 });

/** What is said about the payday that has come, and about the ordered payouts. */
async function readTold(sellerId: SellerId) {
  const facts = await readPreviewFacts(money.db, sellerId, calendar);
  const payday = facts && comingPayday(facts);
  const { due } = await readFunding(
    money.db,
    new Date(Date.now() + 60_000).toISOString(),
    calendar,
  );
  return currencies.map((currency) => {
    const parts = due.get(currency)?.parts;
    const forecast = payday?.forecasts.find((one) => one.currency === currency);
    const ordered = parts?.ordered.amount ?? 0;
    const threshold = parts?.threshold.amount ?? 0;
    const pays = payday?.isKept ? (forecast?.pays ?? 0) : 0;
    return { currency, ordered, threshold, pays, due: parts?.payday.amount ?? 0 };
  });
}

async function earn(sellerId: SellerId, { currency, amount }: Earned, at: string) {
  const id = await money.earn(sellerId, amount, { currency, availableOn: at });
  const created = { created_at: at };
  await money.db.updateTable('earnings').set(created).where('id', '=', id).execute();
}

/** Takes what is ordered, opens the payday that has come, and takes what it ordered. */
async function playPayday(sellerId: SellerId, turns: Map<PayoutId, Turn>): Promise<void> {
  await takeTurns(money.db, sellerId, turns);
  for (let times = 0; times < 2; times += 1) {
    await openPayday(money.db, sellerId, calendar);
    await takeTurns(money.db, sellerId, turns);
  }
}

async function lookAgain(sellerId: SellerId): Promise<void> {
  const again = { started_at: null, waiting_for: null, look_again_at: null };
  const { db } = money;
  await db
    .updateTable('payouts')
    .set(again)
    .where('seller_id', '=', sellerId)
    .where('status', '=', 'requested')
    .execute();
}

/** Ends everything that stops the seller. */
async function liftAll(sellerId: SellerId): Promise<void> {
  const { db } = money;
  const own = sql`where seller_id = ${sellerId}`;
  await sql`update sellers set status = 'active' where id = ${sellerId}`.execute(db);
  await sql`update seller_pauses set lifted_at = business_now(), lifted_by = 'key',
    lift_reason = 'why' ${own} and lifted_at is null`.execute(db);
  await sql`update holds set released_at = business_now(), released_by = 'key',
    release_reason = 'why' ${own} and released_at is null`.execute(db);
  await sql`update discrepancies set closed_at = business_now(), closed_by = 'key',
    close_reason = 'why' ${own} and closed_at is null`.execute(db);
  await sql`update payouts set status = 'canceled', parked = null, over_at = business_now()
    ${own} and parked is not null`.execute(db);
  await sql`update bank_accounts set paused_at = null, cools_until = null, gone_at = null,
    is_default = true ${own}`.execute(db);
}

test('over many paydays, each does what was said, and no order and no skip is told twice', async () => {
  const seen = { joined: 0, skips: 0, paid: 0, lifted: 0 };
  await fc.assert(
    fc.asyncProperty(anySeller, days, async (seller, news) => {
      const daily = { ...seller, interval: 'daily' as const, hasPayday: false };
      const sellerId = await makeAnySeller(money.db, daily);
      const hasOrders = seller.money.some(({ orders }) => orders.length > 0);
      for (const [index, earned] of news.entries()) {
        const left = news.length - index;
        if (earned) await earn(sellerId, earned, ago(left + 0.5));
        await sql`update sellers set next_payout_at = ${ago(left)}, threshold_look_at =
          ${ago(left)} where id = ${sellerId}`.execute(money.db);
        await lookAgain(sellerId);
        const told = await readTold(sellerId);
        const turns = new Map<PayoutId, Turn>();
        await playPayday(sellerId, turns);
        const rows = await payoutsOf(money.db, sellerId);
        for (const { currency, ordered, pays, threshold, due } of told) {
          const own = rows.filter((row) => row.currency === currency);
          const reserved = own.reduce((sum, { id }) => sum + (turns.get(id)?.reserved ?? 0), 0);
          const isHeld = own.some(({ id }) => turns.get(id)?.reason === 'hold');
          if (threshold === 0) expect(pays).toBe(due);
          // An order that waits for a hold still claims its money.
          if (isHeld) expect(ordered + due + threshold).toBeGreaterThanOrEqual(reserved);
          else expect(ordered + due + threshold).toBe(reserved);
          seen.paid += Number(pays > 0);
        }
        if (seller.status !== 'active' || seller.isPaused) continue;
        expectToldOnce(rows, hasOrders);
      }
      const before = await payoutsOf(money.db, sellerId);
      seen.joined += before.filter((row) => row.status === 'requested' && row.last_payday).length;
      seen.skips += before.filter((row) => row.status === 'skipped' && row.last_payday).length;
      await liftAll(sellerId);
      await lookAgain(sellerId);
      const turns = new Map<PayoutId, Turn>();
      await takeTurns(money.db, sellerId, turns);
      const after = [...turns.values()];
      seen.lifted += after.filter(({ reserved }) => reserved > 0).length;
      if (!hasOrders) {
        expect(after.map(({ reason }) => reason)).not.toContain('nothing-payable');
      }
      await close(money.db, sellerId);
    }),
    { numRuns: 100 },
  );
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(0);
}, 240_000);

type Row = Awaited<ReturnType<typeof payoutsOf>>[number];

/** Two orders for everything, or two skips in a row for one reason, would be told twice. */
function expectToldOnce(rows: readonly Row[], hasOrders: boolean): void {
  for (const currency of currencies) {
    const own = rows
      .filter((row) => row.currency === currency)
      .toSorted((one, other) => (one.created_at < other.created_at ? -1 : 1));
    const open = own.filter(
      ({ status, requested_amount }) => status === 'requested' && requested_amount === null,
    );
    if (!hasOrders) expect(open.length).toBeLessThanOrEqual(1);
    const skips = own.map(({ ordered_by, skip_reason }) => {
      return ordered_by === 'schedule' ? skip_reason : null;
    });
    for (const [index, reason] of skips.entries()) {
      if (reason !== null && index > 0) expect(skips[index - 1]).not.toBe(reason);
    }
  }
}
