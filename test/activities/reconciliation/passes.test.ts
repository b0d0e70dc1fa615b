import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeDiscrepancy } from '../../../db/reconciliation/discrepancies.ts';
import { newId } from '../../../domain/ids.ts';
import { booksOf } from '../../build/books.ts';
import { type Stage, startStage } from '../../build/stage.ts';

const day = 24 * 60;
let stage: Stage;
let books: Awaited<ReturnType<typeof booksOf>>;
beforeEach(async () => {
  stage = await startStage('payout');
  books = await booksOf(stage);
});
afterEach(() => stage.close());

/** By hand, past what keeps the ledger as it was written. */
const byHand = (statement: string) =>
  stage.db.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx);
    await sql.raw(statement).execute(tx);
  });
/** A payout to the bank, all of it read and an hour old. */
const aWholeLife = async () => {
  await stage.act();
  await stage.moveMinutes(5 * day);
  await stage.run.follow();
  await books.read();
  await books.reconcile();
};

describe('a pass over the books', () => {
  test('finds nothing where all went as it should, and every line and entry has the other', async () => {
    await aWholeLife();
    const { stripePayoutId } = await stage.row();
    await stage.sandbox.ask('POST', `payouts/${stripePayoutId}/fail`, { failureCode: 'declined' });
    await stage.run.follow();
    await books.charge(60_00);
    await stage.moveMinutes(day);
    await books.read();
    await stage.moveMinutes(day);
    await books.age();
    await books.read();
    await books.reconcile();
    expect(await books.discrepancies()).toEqual([]);
    expect(await books.open()).toEqual([]);
    const claims = await stage.db
      .selectFrom('claims')
      .select(['side', 'net', 'movement_id'])
      .execute();
    expect(claims).toHaveLength(5);
    for (const { movement_id } of claims) expect(movement_id).toMatch(/^txn_/);
  });

  test('counts the platform’s own business, and takes what is not ours for that', async () => {
    const other = await stage.sandbox.account();
    await stage.stripe.transfers.create({ amount: 5_00, currency: 'usd', destination: other });
    await books.reconcile();
    const sums = await stage.db
      .selectFrom('movement_sums')
      .select(['type', 'lines', 'net'])
      .where('book', '=', 'platform')
      .orderBy('type')
      .execute();
    expect(sums).toMatchObject([
      { type: 'charge', lines: 1 },
      { type: 'transfer', lines: 2, net: -105_00 },
    ]);
    expect(await books.discrepancies()).toEqual([]);
  });

  test('goes on where the one before stopped, however few pages it may read', async () => {
    for (let one = 0; one < 250; one += 1) await stage.sandbox.fund(1_00);
    const read = [];
    for (let pass = 0; pass < 4; pass += 1) read.push(await books.readPlatform(1));
    expect(read).toEqual([100, 100, 52, expect.any(Number)]);
    const { count } = await stage.db
      .selectFrom('movements')
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('seller_id', 'is', null)
      .executeTakeFirstOrThrow();
    expect(count).toBe(252);
  });
});

describe('what differs', () => {
  test.each([
    ['a transfer made in the Dashboard', 'transfer-not-ordered 4000', () => books.transfer(40_00)],
    ['a payout made in the Dashboard', 'payout-not-ordered -3000', () => books.payOut(30_00)],
    [
      'a reversal that we did not order',
      'reversal-not-ordered -2000',
      async () => {
        const { transferId } = await stage.row();
        await stage.stripe.transfers.createReversal(transferId ?? '', { amount: 20_00 });
      },
    ],
  ])('is found, opened once, and closed only by a person: %s', async (_what, cause, happen) => {
    await happen();
    await books.read();
    const first = await books.reconcile();
    await stage.moveMinutes(day);
    await books.age();
    await books.read();
    const second = await books.reconcile();
    expect(await books.discrepancies()).toEqual([cause]);
    expect(first.newDiscrepancies + second.newDiscrepancies).toBe(1);
    expect(second.openDiscrepancies).toBe(1);
    await closeAll();
    await books.read();
    await books.reconcile();
    expect(await books.discrepancies()).toEqual([]);
  });

  test('is found: an amount that somebody changed in the ledger', async () => {
    await aWholeLife();
    await byHand(`update ledger_entries set amount = 99_00 where kind = 'payout'`);
    await books.reconcile();
    expect(await books.discrepancies()).toEqual([
      'amount-differs -10000 -9900',
      expect.stringContaining('balance-differs'),
      expect.stringContaining('balance-differs'),
    ]);
  });

  test('is found: an entry that somebody deleted', async () => {
    await aWholeLife();
    await byHand(`delete from ledger_entries where kind = 'payout'`);
    await books.reconcile();
    expect(await books.discrepancies()).toContain('entry-missing -10000');
  });

  test('is found: a balance that somebody changed', async () => {
    await aWholeLife();
    await byHand(`update balances set amount = amount + 5 where place = 'account-reserved'`);
    await books.reconcile();
    const both = ['balance-differs 0 5', 'balance-differs 5'];
    expect((await books.discrepancies()).toSorted()).toEqual(both);
  });

  test('is found: an entry of which Stripe’s books have no line, but only after it was looked for again', async () => {
    await stage.act();
    await books.read();
    const entry = `insert into ledger_entries (event_key, kind, seller_id, currency, from_place,
      to_place, amount, stripe_id) values ('x', 'transfer', '${stage.sellerId}', 'usd',
      'platform', 'account', 700, 'tr_never')`;
    await sql.raw(entry).execute(stage.db);
    await books.reconcile();
    expect(await books.discrepancies()).toEqual([]);
    await stage.moveMinutes(61);
    await books.read();
    await books.reconcile();
    expect(await books.discrepancies()).toEqual(['line-missing 700', 'line-missing -700']);
  });

  test('is not a line that Stripe’s lists did not have at first', async () => {
    await stage.act();
    await books.read();
    await books.reconcile();
    await sql`update claims set movement_id = null`.execute(stage.db);
    await sql`delete from movements`.execute(stage.db);
    await stage.moveMinutes(61);
    await books.reread();
    await books.reconcile();
    expect(await books.discrepancies()).toEqual([]);
  });

  test('is found: a line in the name of a payout that should have an entry of it', async () => {
    await stage.db.updateTable('payouts').set({ status: 'reserved', transfer_id: null }).execute();
    await stage.db.deleteFrom('attempts').execute();
    await byHand("delete from claims; delete from ledger_entries where kind = 'transfer'");
    await books.read();
    await books.reconcile();
    expect(await books.open()).toMatchObject([{ type: 'payment' }, { type: 'transfer' }]);
    expect(await books.discrepancies()).not.toContain(expect.stringContaining('entry-missing'));
    await stage.moveMinutes(61);
    await books.reconcile();
    expect(await causes()).not.toContain('entry-missing');
    await books.age();
    await books.reconcile();
    expect(await causes()).toContain('entry-missing');
  });

  test('is nothing while a step has no answer: its payout looks for it', async () => {
    await stage.disturb({ kind: 'status', status: 500, stored: true, processed: true });
    expect(await stage.act()).toMatchObject({ unknownStep: 'payout' });
    await books.read();
    await stage.moveMinutes(day);
    await books.age();
    await books.reconcile();
    expect(await books.open()).toMatchObject([{ type: 'payout' }]);
    expect(await books.discrepancies()).toEqual([]);
    await stage.lookUp();
    await books.reconcile();
    expect(await books.open()).toEqual([]);
  });

  test('is nothing while a payout that came back is still being told', async () => {
    await stage.act();
    const { stripePayoutId } = await stage.row();
    await stage.sandbox.ask('POST', `payouts/${stripePayoutId}/fail`, { failureCode: 'declined' });
    await books.read();
    await stage.moveMinutes(day);
    await books.reconcile();
    expect(await books.discrepancies()).toEqual([]);
    await stage.run.follow();
    await books.age();
    await books.reconcile();
    expect(await books.open()).toEqual([]);
    expect(await books.discrepancies()).toEqual([]);
  });

  test('is the same on both sides: a transfer in the name of a payout that nobody knows', async () => {
    await books.transfer(10_00, newId('payout'));
    await books.reconcile();
    expect(await books.holds()).toEqual([]);
    await books.read();
    expect(await books.holds()).toEqual([null]);
    await books.reconcile();
    expect(await books.discrepancies()).toEqual(['payout-unknown -1000']);
    const { seller_id } = await stage.db
      .selectFrom('discrepancies')
      .select('seller_id')
      .executeTakeFirstOrThrow();
    expect(seller_id).toBe(stage.sellerId);
  });
});

async function causes(): Promise<string[]> {
  return (await books.discrepancies()).map((one) => one.split(' ')[0] ?? '');
}

async function closeAll(): Promise<void> {
  const rows = await stage.db.selectFrom('discrepancies').select('id').execute();
  for (const { id } of rows) {
    const order = { id, reason: 'Known', by: 'key_1' };
    await stage.db.transaction().execute((tx) => closeDiscrepancy(tx, order));
  }
}
