import { expect, test } from 'vitest';
import { routes } from '../../sandbox/server.ts';
import { type MoneySandbox, startMoneySandbox } from '../sandbox/money/stage.ts';
import { differences } from './differences.ts';
import type { Judgement } from './judge.ts';

/** The tour asks for everything the sandbox knows, so that nothing of it goes unseen. */
test('all that the sandbox knows is as Stripe describes it, and every difference is met', async () => {
  let judgement: Judgement = { faults: [], met: [] };
  const s = await startMoneySandbox({ onJudgement: (all) => (judgement = all) });
  await s.fund(10_000_00);
  const seller = await s.seller();
  await platformMoney(s, seller);
  await customersMoney(s, seller);
  await sellersMoney(s, seller);
  await accounts(s);
  await links(s);
  await products(s);
  await destinations(s);
  await events(s);
  const asked = await askedFor(s);
  await s.close();
  expect(judgement.faults).toEqual([]);
  expect(differences.filter((one) => !judgement.met.includes(one))).toEqual([]);
  const missed = routes.filter((route) => !asked.has(`${route.method} ${route.path}`));
  expect(missed.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /v1/accounts']);
});

async function platformMoney({ stripe }: MoneySandbox, seller: string): Promise<void> {
  const money = { amount: 50_00, currency: 'usd', metadata: { order: '7' } };
  const expand = ['balance_transaction', 'destination_payment', 'destination'];
  const transfer = await stripe.transfers.create({ ...money, destination: seller, expand });
  await stripe.transfers.update(transfer.id, { description: 'for June', metadata: { order: '' } });
  const reversal = await stripe.transfers.createReversal(transfer.id, { amount: 10_00 });
  await stripe.transfers.retrieveReversal(transfer.id, reversal.id);
  await stripe.transfers.updateReversal(transfer.id, reversal.id, { metadata: { why: 'late' } });
  await stripe.transfers.listReversals(transfer.id);
  await stripe.transfers.retrieve(transfer.id, { expand: ['reversals.data.balance_transaction'] });
  await stripe.transfers.list({ destination: seller, created: { gte: 0 } });
  const topup = await stripe.topups.create(money);
  await stripe.topups.update(topup.id, { description: 'more' });
  await stripe.topups.cancel(topup.id);
  await stripe.topups.retrieve(topup.id);
  await stripe.topups.list({ amount: { gte: 1 }, created: { gte: 0 } });
  await stripe.balance.retrieve();
  await stripe.countrySpecs.retrieve('DE');
  await stripe.countrySpecs.list({ limit: 3, starting_after: 'DE' });
  const { data } = await stripe.balanceTransactions.list({ expand: ['data.source'] });
  await stripe.balanceTransactions.retrieve(data[0]?.id ?? '');
}

async function customersMoney(s: MoneySandbox, seller: string): Promise<void> {
  const { charges, refunds, disputes } = s.stripe;
  const money = { amount: 100_00, currency: 'usd' };
  const transfer_data = { destination: seller };
  const { id } = await charges.create({ ...money, source: 'tok_bypassPending', transfer_data });
  await charges.update(id, { description: 'a chair', fraud_details: { user_report: 'safe' } });
  const refund = await refunds.create({ charge: id, amount: 5_00, reverse_transfer: true });
  await refunds.update(refund.id, { metadata: { why: 'scratched' } });
  await refunds.retrieve(refund.id, { expand: ['charge', 'balance_transaction'] });
  await refunds.list({ charge: id });
  await s.stripe.rawRequest('POST', `/v1/charges/${id}/refunds`, { amount: 1_00 });
  await s.stripe.rawRequest('GET', `/v1/charges/${id}/refunds`);
  await charges.retrieve(id, { expand: ['transfer', 'refunds'] });
  await charges.list({ limit: 3 });
  const declined = charges.create({ ...money, source: 'tok_chargeDeclined' });
  await expect(declined).rejects.toMatchObject({ statusCode: 402 });
  await charges.create({ ...money, source: 'tok_visa_createDispute' });
  await charges.create({ ...money, source: 'tok_visa_createDisputeInquiry' });
  const { earlyFraudWarnings } = s.stripe.radar;
  await charges.create({ ...money, source: 'pm_card_createIssuerFraudRecord' });
  const { data: warnings } = await earlyFraudWarnings.list();
  await earlyFraudWarnings.retrieve(warnings[0]?.id ?? '');
  const { data } = await disputes.list({ expand: ['data.charge'] });
  const [first, second] = data.map((dispute) => dispute.id);
  await disputes.update(first ?? '', { evidence: { uncategorized_text: 'winning_evidence' } });
  await disputes.retrieve(first ?? '');
  await disputes.close(second ?? '');
  await s.moveDays(10);
}

async function sellersMoney(s: MoneySandbox, seller: string): Promise<void> {
  const { payouts, balanceSettings } = s.stripe;
  const acting = { stripeAccount: seller };
  const payments = { payouts: { schedule: { interval: 'weekly' as const } } };
  const weekly_payout_days = ['monday' as const];
  Object.assign(payments.payouts.schedule, { weekly_payout_days });
  await balanceSettings.update({ payments }, acting);
  await balanceSettings.retrieve({}, acting);
  await s.moveDays(20);
  await s.stripe.balance.retrieve({}, { stripeContext: seller });
  await balanceSettings.update(manual, acting);
  await s.stripe.transfers.create({ amount: 90_00, currency: 'usd', destination: seller });
  const order = { amount: 10_00, currency: 'usd', statement_descriptor: 'SHOP' };
  const first = await payouts.create({ ...order, expand: ['destination'] }, acting);
  await payouts.update(first.id, { metadata: { order: '7' } }, acting);
  await payouts.cancel(first.id, {}, acting);
  const paid = await payouts.create(order, acting);
  await s.ask('POST', `payouts/${paid.id}/pay`);
  await payouts.reverse(paid.id, { metadata: { why: 'fraud' } }, acting);
  const late = await payouts.create({ ...order, method: 'instant' }, acting);
  await s.moveDays(1);
  await s.ask('POST', `payouts/${late.id}/fail`, { failureCode: 'account_closed' });
  const expand = ['balance_transaction', 'failure_balance_transaction'];
  await payouts.retrieve(late.id, { expand }, acting);
  await payouts.list({ status: 'failed', arrival_date: { gte: 0 } }, acting);
  const refused = payouts.create({ ...order, amount: 99_999_00 }, acting);
  await expect(refused).rejects.toMatchObject({ code: 'balance_insufficient' });
}

const manual = { payments: { payouts: { schedule: { interval: 'manual' as const } } } };

const parts = [
  'configuration.customer',
  'configuration.merchant',
  'configuration.recipient',
  'defaults',
  'future_requirements',
  'identity',
  'requirements',
] as const;

async function accounts(s: MoneySandbox): Promise<void> {
  const { accounts: v1, v2 } = s.stripe;
  const [id, other] = [await s.newcomer(), await s.newcomer()];
  const include = [...parts];
  await v2.core.accounts.retrieve(id, { include });
  await v2.core.accounts.update(id, { display_name: 'A shop', metadata: { a: '1' }, include });
  await s.ask('POST', `accounts/${id}/complete-onboarding`);
  await v2.core.accounts.retrieve(id, { include });
  for await (const { id: one } of v2.core.accounts.list({ limit: 2 })) await v1.retrieve(one);
  await v2.core.accounts.close(other);
  await v1.retrieveCurrent();
  await v1.list({ limit: 2 });
  await v1.update(id, { metadata: { a: '' } });
  await v1.reject(id, { reason: 'fraud_other' });
  await s.stripe.rawRequest('POST', `/v1/accounts/${id}/unreject`);
  const bank = { object: 'bank_account', country: 'US', currency: 'usd' } as const;
  const numbers = { routing_number: '110000000', account_number: '000123456789' };
  const external_account = { ...bank, ...numbers };
  const made = await v1.createExternalAccount(id, { external_account });
  await v1.createExternalAccount(id, { external_account: 'btok_us' });
  await v1.retrieveExternalAccount(id, made.id);
  await v1.updateExternalAccount(id, made.id, { account_holder_name: 'Ada' });
  await v1.listExternalAccounts(id, { object: 'bank_account' });
  await v1.deleteExternalAccount(id, made.id);
}

async function links({ stripe }: MoneySandbox): Promise<void> {
  const shop = { return_url: 'https://shop.example/done', refresh_url: 'https://shop.example/on' };
  const { id: account } = await stripe.v2.core.accounts.create({
    contact_email: 'seller@example.com',
    dashboard: 'express',
    identity: { country: 'us', entity_type: 'individual' },
    configuration: { recipient: {} },
    defaults: {
      responsibilities: { fees_collector: 'application', losses_collector: 'application' },
    },
  });
  await stripe.accountLinks.create({ account, type: 'account_onboarding', ...shop });
  const use_case = { type: 'account_onboarding', account_onboarding: shop } as const;
  const { url } = await stripe.v2.core.accountLinks.create({ account, use_case });
  const page = await (await fetch(url)).text();
  const session = /name="session" value="(\w+)"/.exec(page)?.[1] ?? '';
  const body = new URLSearchParams({ session, action: 'later' });
  await fetch(url, { method: 'POST', body, redirect: 'manual' });
  await stripe.accounts.createLoginLink(account);
  const components = { payouts: { enabled: true, features: { instant_payouts: false } } };
  await stripe.accountSessions.create({ account, components });
}

async function products({ stripe }: MoneySandbox): Promise<void> {
  const id = 'shop_marker';
  const made = { id, name: 'A marker', active: false, metadata: { token: 'one' } };
  await stripe.products.create(made);
  const again = stripe.products.create(made);
  await expect(again).rejects.toMatchObject({ code: 'resource_already_exists' });
  await stripe.products.update(id, { metadata: { token: 'two' } });
  const { metadata } = await stripe.products.retrieve(id);
  expect(metadata).toEqual({ token: 'two' });
}

async function destinations({ stripe }: MoneySandbox): Promise<void> {
  const { webhookEndpoints, v2 } = stripe;
  const url = 'http://127.0.0.1:9/hook';
  const made = await webhookEndpoints.create({ url, connect: true, enabled_events: ['*'] });
  await webhookEndpoints.update(made.id, { disabled: true, description: '' });
  await webhookEndpoints.retrieve(made.id);
  await webhookEndpoints.list();
  await webhookEndpoints.del(made.id);
  const { eventDestinations } = v2.core;
  const kinds = { type: 'webhook_endpoint', event_payload: 'thin' } as const;
  const wish = { ...kinds, enabled_events: ['*'] };
  const webhook_endpoint = { url };
  const include = ['webhook_endpoint.url' as const];
  const ids: string[] = [];
  for (const name of ['one', 'two', 'three']) {
    ids.push((await eventDestinations.create({ ...wish, name, webhook_endpoint, include })).id);
  }
  const [id = ''] = ids;
  await eventDestinations.retrieve(id, { include });
  await eventDestinations.update(id, { description: 'thin ones' });
  await eventDestinations.disable(id);
  await eventDestinations.enable(id);
  await eventDestinations.ping(id);
  for await (const one of eventDestinations.list({ limit: 2 })) ids.push(one.id);
  await eventDestinations.del(id);
}

async function events({ stripe }: MoneySandbox): Promise<void> {
  const { data } = await stripe.events.list({ types: ['transfer.*'], limit: 2 });
  await stripe.events.retrieve(data[0]?.id ?? '');
  await stripe.events.list({ delivery_success: false });
  let last = '';
  for await (const event of stripe.v2.core.events.list({ limit: 5 })) last = event.id;
  await stripe.v2.core.events.retrieve(last);
}

type Line = { method: string; path: string; status: number };

/** The routes that did what was asked of them. */
async function askedFor(s: MoneySandbox): Promise<Set<string>> {
  const { requests } = (await s.ask('GET', 'requests?limit=10000')) as { requests: Line[] };
  const done = requests.filter(({ status }) => status === 200);
  const found = routes.filter(({ method, path }) => {
    const pattern = new RegExp(
      `^${path.replaceAll(':country', '[A-Z]{2}').replaceAll(/:\w+/g, '\\w+_\\w+')}$`,
    );
    return done.some((one) => one.method === method && pattern.test(one.path));
  });
  return new Set(found.map(({ method, path }) => `${method} ${path}`));
}
