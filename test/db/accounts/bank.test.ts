import * as fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listBankAccounts, recordBankAccounts } from '../../../db/accounts/bank-accounts.ts';
import { businessNow } from '../../../db/time.ts';
import {
  coolingBank,
  coolingEnd,
  coolingHours,
  cools,
  failuresBeforePause,
  isConverted,
  isCooling,
  lacksBank,
  pausedBank,
  pausedSince,
  pausesBank,
} from '../../../domain/accounts/bank.ts';
import { failureCodes, needsNewDetails } from '../../../domain/accounts/failures.ts';
import { newId, type SellerId } from '../../../domain/ids.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase();
});
afterAll(() => money.db.destroy());

const long = '2099-01-01T00:00:00.000Z';
const past = '2020-01-01T00:00:00.000Z';
const earlier = '2019-01-01T00:00:00.000Z';
const currencies = ['eur', 'usd', 'gbp'];
const print = fc.option(fc.constantFrom('one', 'two'));
const listed = fc.record({
  currency: fc.constantFrom(...currencies),
  fingerprint: print,
  isDefault: fc.boolean(),
});
const known = fc.record({
  currency: fc.constantFrom(...currencies),
  fingerprint: print,
  isDefault: fc.boolean(),
  usedLast: fc.boolean(),
  goneAt: fc.option(fc.constant(past), { freq: 3 }),
  pausedAt: fc.option(fc.constantFrom(past, earlier), { freq: 3 }),
  isOfSeller: fc.boolean(),
  isListed: fc.boolean(),
  coolsUntil: fc.option(fc.constantFrom(past, long), { freq: 3 }),
});
type Known = typeof known extends fc.Arbitrary<infer Row> ? Row & { stripeId: string } : never;

const named = <Bank>(banks: readonly Bank[]) =>
  banks.map((bank, index) => ({ ...bank, stripeId: `ba_${index}` }));

/** Numbers that the sellers of one run share, and no other. */
const within = <Bank extends { fingerprint: string | null }>(run: string, banks: readonly Bank[]) =>
  banks.map((bank) => ({ ...bank, fingerprint: bank.fingerprint && `${bank.fingerprint} ${run}` }));

async function insert(sellerId: SellerId, banks: readonly Known[]): Promise<void> {
  if (banks.length === 0) return;
  await money.db
    .insertInto('bank_accounts')
    .values(
      banks.map((bank) => ({
        seller_id: sellerId,
        stripe_id: bank.stripeId,
        currency: bank.currency,
        fingerprint: bank.fingerprint,
        status: 'new',
        is_default: bank.isDefault && bank.goneAt === null,
        used_last: bank.usedLast,
        gone_at: bank.goneAt,
        paused_at: bank.pausedAt,
        pause_is_of_seller: bank.isOfSeller,
        is_listed: bank.isListed,
        cools_until: bank.coolsUntil,
      })),
    )
    .execute();
}

test('the database says of each currency what the rules of a bank account say', async () => {
  const accounts = fc.array(known, { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(accounts, accounts, fc.boolean(), async (all, others, listsBanks) => {
      const [sellerId, otherId] = [await money.seller(), await money.seller()];
      const [own, beside] = [within(sellerId, named(all)), within(sellerId, named(others))];
      await insert(sellerId, own);
      await insert(otherId, beside);
      await setListed(sellerId, listsBanks);
      const pauses = [
        ...own.map((bank) => ({ ...bank, sellerId })),
        ...beside.map((bank) => ({ ...bank, sellerId: otherId })),
      ];
      const banks = await listBankAccounts(money.db, sellerId);
      for (const { id: stripeId, fingerprint, pausedAt } of banks) {
        expect(pausedAt).toBe(pausedSince({ sellerId, stripeId, fingerprint }, pauses));
      }
      const now = new Date().toISOString();
      for (const currency of currencies) {
        const { rows } = await sql`
          select bank_is_paused(${sellerId}, ${currency}) as paused,
            bank_cools_until(${sellerId}, ${currency}) is not null as cooling,
            is_converted(${sellerId}, ${currency}) as converted,
            lacks_bank(${sellerId}, ${currency}) as lacking
        `.execute(money.db);
        expect(rows).toEqual([
          {
            paused: pausedBank(banks, currency) !== undefined,
            cooling: coolingBank(banks, currency, now) !== undefined,
            converted: isConverted(banks, { currency, home: 'eur' }),
            lacking: lacksBank(banks, { currency, listsBanks }),
          },
        ]);
      }
    }),
    { numRuns: 80 },
  );
});

async function setListed(sellerId: SellerId, listsBanks: boolean): Promise<void> {
  await money.db
    .updateTable('sellers')
    .set({ lists_banks: listsBanks })
    .where('id', '=', sellerId)
    .execute();
}

test('a read of the account lets those bank accounts cool that the rule names', async () => {
  const accounts = fc.array(known, { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      accounts,
      fc.array(listed, { maxLength: 3 }),
      fc.boolean(),
      fc.constantFrom(0, 1, coolingHours),
      fc.array(known, { maxLength: 2 }),
      async (old, news, wasSent, hours, others) => {
        const [sellerId, otherId] = [await money.seller(), await money.seller()];
        const before = within(sellerId, named(old)).map((bank) => ({ ...bank, coolsUntil: null }));
        const beside = within(sellerId, named(others));
        await insert(sellerId, before);
        await insert(otherId, beside);
        if (wasSent) await insertSent(sellerId);
        // Half of them keep the id of an older one; the others come for the first time.
        const given = within(sellerId, news).map((bank, index) => ({
          ...bank,
          stripeId: index % 2 === 0 ? `ba_${index}` : `ba_new_${index}`,
          status: 'new',
        }));
        // In one transaction time stands still.
        const rows = await money.db.transaction().execute(async (tx) => {
          await recordBankAccounts(tx, sellerId, given, hours);
          return tx
            .selectFrom('bank_accounts')
            .select(['stripe_id', 'cools_until', 'asks_person_since', businessNow.as('now')])
            .where('seller_id', '=', sellerId)
            .execute();
        });
        const cooling = rows.flatMap((row) =>
          row.cools_until === null
            ? []
            : { id: row.stripe_id, until: row.cools_until, asks: row.asks_person_since !== null },
        );
        const now = rows[0]?.now ?? past;
        const expected = given.flatMap((bank) => {
          const isShared = beside.some(
            ({ fingerprint, goneAt }) =>
              goneAt === null && fingerprint !== null && fingerprint === bank.fingerprint,
          );
          const until = coolingEnd(now, hours, isShared);
          const does = until !== null && cools(bank, before, wasSent);
          return does ? [{ id: bank.stripeId, until, asks: isShared }] : [];
        });
        const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
        expect(cooling.sort(byId)).toEqual(expected.sort(byId));
      },
    ),
    { numRuns: 100 },
  );
});

test.each([
  [-1, 'a moment after the end'],
  [0, 'at the end'],
  [1, 'a moment before the end'],
])('the database says %i ms before a cooling period ends what the rule says: %s', async (ms) => {
  const sellerId = await money.seller();
  const bank = { currency: 'eur', fingerprint: null, isDefault: true, goneAt: null };
  const calm = { usedLast: true, pausedAt: null, isOfSeller: false, isListed: true };
  await insert(sellerId, named([{ ...bank, ...calm, coolsUntil: null }]));
  const [row] = await money.db.transaction().execute(async (tx) => {
    const end = sql<string>`business_now() + ${ms} * interval '1 millisecond'`;
    await tx
      .updateTable('bank_accounts')
      .set({ cools_until: end })
      .where('seller_id', '=', sellerId)
      .execute();
    const { rows } = await sql<{ now: string; coolsUntil: string; says: boolean }>`
      select business_now() as now, cools_until as "coolsUntil",
        bank_cools_until(seller_id, currency) is not null as says
      from bank_accounts where seller_id = ${sellerId}
    `.execute(tx);
    return rows;
  });
  expect(row).toMatchObject({ says: row !== undefined && isCooling(row, row.now) });
  expect(row?.says).toBe(ms > 0);
});

test('a failure pauses at once where the details are wrong, otherwise with the third', () => {
  for (const code of [...failureCodes, null]) {
    expect(pausesBank(0, code), `${code}`).toBe(needsNewDetails(code));
    expect(pausesBank(failuresBeforePause - 2, code), `${code}`).toBe(needsNewDetails(code));
    expect(pausesBank(failuresBeforePause - 1, code), `${code}`).toBe(true);
  }
});

async function insertSent(sellerId: SellerId): Promise<void> {
  const sent = { status: 'sent' as const, currency: 'eur', ordered_by: 'test' };
  await money.db
    .insertInto('payouts')
    .values({ id: newId('payout'), seller_id: sellerId, ...sent })
    .execute();
}
