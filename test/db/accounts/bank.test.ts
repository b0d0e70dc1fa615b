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
  pausedBank,
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
const currencies = ['eur', 'usd', 'gbp'];
const listed = fc.record({
  currency: fc.constantFrom(...currencies),
  fingerprint: fc.option(fc.constantFrom('one', 'two')),
  isDefault: fc.boolean(),
});
const known = fc.record({
  currency: fc.constantFrom(...currencies),
  fingerprint: fc.option(fc.constantFrom('one', 'two')),
  isDefault: fc.boolean(),
  goneAt: fc.option(fc.constant(past), { freq: 3 }),
  pausedAt: fc.option(fc.constant(past), { freq: 3 }),
  coolsUntil: fc.option(fc.constantFrom(past, long), { freq: 3 }),
});
type Known = typeof known extends fc.Arbitrary<infer Row> ? Row & { stripeId: string } : never;

const named = <Bank>(banks: readonly Bank[]) =>
  banks.map((bank, index) => ({ ...bank, stripeId: `ba_${index}` }));

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
        gone_at: bank.goneAt,
        paused_at: bank.pausedAt,
        cools_until: bank.coolsUntil,
      })),
    )
    .execute();
}

test('the database says of each currency what the rules of a bank account say', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(known, { maxLength: 5 }), async (all) => {
      const sellerId = await money.seller();
      await insert(sellerId, named(all));
      const banks = await listBankAccounts(money.db, sellerId);
      const now = new Date().toISOString();
      for (const currency of currencies) {
        const { rows } = await sql<{ paused: boolean; cooling: boolean; converted: boolean }>`
          select bank_is_paused(${sellerId}, ${currency}) as paused,
            bank_cools_until(${sellerId}, ${currency}) is not null as cooling,
            is_converted(${sellerId}, ${currency}) as converted
        `.execute(money.db);
        expect(rows).toEqual([
          {
            paused: pausedBank(banks, currency) !== undefined,
            cooling: coolingBank(banks, currency, now) !== undefined,
            converted: isConverted(banks, { currency, home: 'eur' }),
          },
        ]);
      }
    }),
    { numRuns: 60 },
  );
});

test('a read of the account lets those bank accounts cool that the rule names', async () => {
  const accounts = fc.array(known, { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      accounts,
      fc.array(listed, { maxLength: 3 }),
      fc.boolean(),
      fc.constantFrom(0, 1, coolingHours),
      async (old, news, wasPaid, hours) => {
        const sellerId = await money.seller();
        const before = named(old).map((bank) => ({ ...bank, coolsUntil: null }));
        await insert(sellerId, before);
        if (wasPaid) await insertPaid(sellerId);
        // Half of them keep the id of an older one; the others come for the first time.
        const given = news.map((bank, index) => ({
          ...bank,
          stripeId: index % 2 === 0 ? `ba_${index}` : `ba_new_${index}`,
          status: 'new',
        }));
        // In one transaction time stands still.
        const rows = await money.db.transaction().execute(async (tx) => {
          await recordBankAccounts(tx, sellerId, given, hours);
          return tx
            .selectFrom('bank_accounts')
            .select(['stripe_id', 'cools_until', businessNow.as('now')])
            .where('seller_id', '=', sellerId)
            .execute();
        });
        const cooling = rows.flatMap((row) =>
          row.cools_until === null ? [] : { id: row.stripe_id, until: row.cools_until },
        );
        const standing = before.map((bank) => ({
          ...bank,
          isDefault: bank.isDefault && bank.goneAt === null,
        }));
        const until = coolingEnd(rows[0]?.now ?? past, hours);
        const expected = given.filter((bank) => until && cools(bank, standing, wasPaid));
        const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
        expect(cooling.sort(byId)).toEqual(
          expected.map(({ stripeId: id }) => ({ id, until })).sort(byId),
        );
      },
    ),
    { numRuns: 80 },
  );
});

test.each([
  [-1, 'a moment after the end'],
  [0, 'at the end'],
  [1, 'a moment before the end'],
])('the database says %i ms before a cooling period ends what the rule says: %s', async (ms) => {
  const sellerId = await money.seller();
  const bank = { currency: 'eur', fingerprint: null, isDefault: true, goneAt: null };
  await insert(sellerId, named([{ ...bank, pausedAt: null, coolsUntil: null }]));
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

async function insertPaid(sellerId: SellerId): Promise<void> {
  const paid = { status: 'paid' as const, currency: 'eur', ordered_by: 'test' };
  await money.db
    .insertInto('payouts')
    .values({ id: newId('payout'), seller_id: sellerId, ...paid })
    .execute();
}
