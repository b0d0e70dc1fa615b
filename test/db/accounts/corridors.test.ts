import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { corridorOf, lacksRoute } from '../../../db/accounts/corridors.ts';
import { readBeforeAccount, recordAccountRead } from '../../../db/accounts/reads.ts';
import { recordInstallation } from '../../../db/operations/installation.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordReturn } from '../../../db/reconciliation/stopped-payouts.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { countries } from '../../../domain/routing/currencies.ts';
import { type Agreement, agreements, whyNoRoute } from '../../../domain/routing/route.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(4);
  await recordInstallation(money.db, {
    stripeAccount: 'acct_platform',
    livemode: false,
    stripeIs: 'sandbox',
    temporalNamespace: 'default',
    platformCountry: 'US',
  });
});
afterAll(() => money.db.destroy());

const platformIn = (platform_country: string) =>
  money.db.updateTable('installation').set({ platform_country }).execute();

const read = (sellerId: SellerId, country: string, agreement: Agreement) =>
  recordAccountRead(money.db, sellerId, {
    askedAt: new Date().toISOString(),
    transfers: 'active',
    payouts: 'active',
    payoutsAreManual: true,
    terms: { country, agreement },
    bankCoolingHours: 48,
  });

test('the database finds the sellers whom the rule refuses, in every corridor', async () => {
  const sellerId = await money.seller();
  for (const platform of ['US', 'DE', 'GB', 'JP', 'BR']) {
    await platformIn(platform);
    for (const agreement of [null, ...agreements]) {
      const { rows } = await sql<{ seller: string; lacks: boolean }>`
        select sellers.country as seller, ${lacksRoute} as lacks
        from unnest(${countries}::text[]) as country, lateral (
          select country as country, null::text as account_country, 'acct_1' as stripe_account,
            ${agreement}::text as service_agreement) as sellers
      `.execute(money.db);
      for (const { seller, lacks } of rows) {
        const corridor = { platform, seller, agreement };
        expect({ ...corridor, lacks }).toEqual({
          ...corridor,
          lacks: whyNoRoute(corridor) !== null,
        });
      }
    }
  }
  const { rows } = await sql<{ corridor: object }>`
    select ${corridorOf(sql`${sellerId}`)} as corridor
  `.execute(money.db);
  expect(rows).toEqual([{ corridor: { platform: 'BR', seller: 'DE', agreement: null } }]);
});

describe('an order', () => {
  test('is decided by the country of the account, not by the ordered one', async () => {
    await platformIn('DE');
    const sellerId = await money.seller();
    await money.earn(sellerId, 100_00);
    expect(await readBeforeAccount(money.db, sellerId)).toMatchObject({ knowsTerms: false });
    await read(sellerId, 'JP', 'full');
    expect(await readBeforeAccount(money.db, sellerId)).toMatchObject({ knowsTerms: true });
    const payoutId = await money.order(sellerId);
    expect(await reservePayout(money.db, payoutId)).toMatchObject({
      status: 'requested',
      waitingFor: 'no-route',
      whyNoRoute: 'Stripe does not let a platform in DE send money to accounts in JP',
    });
    expect(await money.balances(sellerId)).toEqual({ owed: -100_00, platform: 100_00 });
  });

  test('waits in a self-serve corridor where the account is under the recipient agreement', async () => {
    await platformIn('GB');
    const sellerId = await money.seller();
    await money.earn(sellerId, 100_00);
    await read(sellerId, 'DE', 'recipient');
    const payoutId = await money.order(sellerId);
    expect(await reservePayout(money.db, payoutId)).toMatchObject({ waitingFor: 'no-route' });
  });

  test('is reserved under the agreement that the corridor needs, or while it is not known', async () => {
    await platformIn('US');
    for (const agreement of ['recipient', null] as const) {
      const sellerId = await money.seller();
      await money.earn(sellerId, 100_00);
      const set = { account_country: 'JP', service_agreement: agreement };
      await money.db.updateTable('sellers').set(set).where('id', '=', sellerId).execute();
      const payoutId = await money.order(sellerId);
      expect(await reservePayout(money.db, payoutId)).toMatchObject({ status: 'reserved' });
    }
  });

  test('still takes what is at the account, which needs no transfer', async () => {
    await platformIn('DE');
    const sellerId = await money.seller();
    await money.earn(sellerId, 30_00);
    const payout = await readPayout(money.db, await money.sent(sellerId));
    const failed = { status: 'failed', failureCode: null } as const;
    await recordReturn(money.db, { ...payout, stripePayoutId: 'po_1' }, failed);
    await money.earn(sellerId, 100_00);
    await read(sellerId, 'JP', 'full');
    const payoutId = await money.order(sellerId);
    expect(await reservePayout(money.db, payoutId)).toMatchObject({
      status: 'transferred',
      fromAccount: 30_00,
      fromPlatform: 0,
    });
    const rest = await money.order(sellerId);
    expect(await reservePayout(money.db, rest)).toMatchObject({ waitingFor: 'another-payout' });
  });
});
