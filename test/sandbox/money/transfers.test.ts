import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type Stripe from 'stripe';
import { expectRefusal, type MoneySandbox, startMoneySandbox } from './stage.ts';

let s: MoneySandbox;
let seller: string;

beforeAll(async () => {
  s = await startMoneySandbox();
  seller = await s.seller();
});
afterAll(() => s.close());

const transfer = (given: Partial<Stripe.TransferCreateParams> = {}, key?: string) =>
  s.stripe.transfers.create(
    { amount: 10_00, currency: 'usd', destination: seller, ...given },
    key === undefined ? {} : { idempotencyKey: key },
  );

test('a transfer moves money from the platform to the seller, at once available', async () => {
  await s.fund(100_00);
  const before = await s.available();
  const made = await transfer({
    expand: ['destination_payment.balance_transaction'],
    metadata: { payout: 'po-1' },
    transfer_group: 'group-1',
  });
  const arrival = made.destination_payment as Stripe.Charge;
  expect(arrival).toMatchObject({ object: 'charge', amount: 10_00, source_transfer: made.id });
  expect(arrival.balance_transaction).toMatchObject({ amount: 10_00, currency: 'usd', net: 10_00 });
  expect(await s.available()).toBe(before - 10_00);
  expect(await s.available(seller)).toBe(10_00);
  expect(await s.told(made.id)).toEqual(['transfer.created']);
});

test('the entries of both sides tell of the transfer', async () => {
  const made = await transfer();
  const out = await s.stripe.balanceTransactions.list({ source: made.id });
  expect(out.data).toMatchObject([{ amount: -10_00, type: 'transfer', status: 'available' }]);
  const source = made.destination_payment as string;
  const into = await s.stripe.balanceTransactions.list({ source }, { stripeAccount: seller });
  expect(into.data).toMatchObject([
    { amount: 10_00, type: 'payment', reporting_category: 'charge' },
  ]);
});

test('a transfer beyond the available balance is refused, and the refusal stays under its key', async () => {
  const amount = (await s.available()) + 1;
  await s.stripe.charges.create({ amount: 50_00, currency: 'usd', source: 'tok_visa' });
  await expectRefusal(
    transfer({ amount }, 'poor'),
    'balance_insufficient',
    /^You have insufficient/,
  );
  await s.fund(100_00);
  await expectRefusal(transfer({ amount }, 'poor'), 'balance_insufficient');
  expect(await transfer({ amount }, 'rich')).toMatchObject({ amount });
});

test('only sellers with the transfer capability receive transfers', async () => {
  await s.fund(20_00);
  const destination = await s.newcomer();
  await expectRefusal(
    transfer({ destination }),
    'insufficient_capabilities_for_transfer',
    /^Your destination account needs to have at least one of/,
  );
});

test.each([
  [{ destination: 'acct_unknown' }, 'resource_missing', "No such destination: 'acct_unknown'"],
  [{ amount: 0 }, 'parameter_invalid_integer', 'greater than or equal to 1'],
  [{ amount: 10.5 }, 'parameter_invalid_integer', 'Invalid integer: 10.5'],
  [{ currency: 'xyz' }, undefined, 'Invalid currency: xyz'],
  [{ currency: 'isk', amount: 150 }, 'parameter_invalid_integer', 'divisible by 100'],
  [{ source_type: 'bank_account' as const }, 'balance_insufficient', ''],
])('a transfer with %j is refused', async (given, code, message) => {
  await s.fund(20_00);
  await expectRefusal(transfer(given), code, message);
});

test('funds are not sent outside the region of the platform', async () => {
  await s.fund(20_00);
  const destination = await s.seller('br');
  await expectRefusal(transfer({ destination }), undefined, /accounts located in BR/);
});

test('a country that needs the recipient agreement is refused by the name of the agreement', async () => {
  await s.fund(20_00);
  const destination = await s.seller('jp');
  const text = /located in JP when the account is under the `full` service agreement/;
  await expectRefusal(transfer({ destination }), undefined, text);
});

test('under the recipient agreement more countries can be paid, and money waits a day', async () => {
  await s.fund(50_00);
  const destination = await s.seller('mx', { serviceAgreement: 'recipient' });
  await transfer({ destination, amount: 40_00 });
  expect(await s.available(destination, 'mxn')).toBe(0);
  expect(await s.pending(destination, 'mxn')).toBe(720_00);
  await s.moveDays(1);
  expect(await s.available(destination, 'mxn')).toBe(720_00);
});

test.each(['br', 'de'])('the recipient agreement opens no corridor to %s', async (country) => {
  await s.fund(50_00);
  const destination = await s.seller(country, { serviceAgreement: 'recipient' });
  const text = /restricted outside of your platform's region/;
  await expectRefusal(transfer({ destination, amount: 40_00 }), undefined, text);
});

describe('when the markets move', () => {
  afterEach(() => s.ask('PUT', 'markets', {}));

  test('a transfer is converted at the rate of its moment, and a reversal at its own', async () => {
    await s.fund(500_00);
    const destination = await s.seller('de');
    const { id } = await transfer({ amount: 110_00, destination });
    expect(await s.available(destination, 'eur')).toBe(99_00);
    await s.ask('PUT', 'markets', { microDollars: { eur: 1_210_000 } });
    await transfer({ amount: 110_00, destination });
    expect(await s.available(destination, 'eur')).toBe(189_00);
    await s.stripe.transfers.createReversal(id, { amount: 55_00 });
    expect(await s.available(destination, 'eur')).toBe(144_00);
  });

  test('a corridor that closed refuses the next transfer, and takes no money back', async () => {
    await s.fund(500_00);
    const destination = await s.seller('de');
    await transfer({ amount: 110_00, destination });
    await s.ask('PUT', 'markets', { closedTo: ['DE'] });
    const text = /accounts located in DE because it's restricted/;
    await expectRefusal(transfer({ destination }), undefined, text);
    expect(await s.available(destination, 'eur')).toBe(99_00);
  });
});

test('a seller in another currency receives the converted amount, with the rate', async () => {
  await s.fund(200_00);
  const destination = await s.seller('de');
  const made = await transfer({
    amount: 110_00,
    destination,
    expand: ['destination_payment.balance_transaction'],
  });
  const arrival = made.destination_payment as Stripe.Charge;
  expect(arrival).toMatchObject({ amount: 110_00, currency: 'usd' });
  expect(arrival.balance_transaction).toMatchObject({
    amount: 99_00,
    currency: 'eur',
    exchange_rate: 0.9,
  });
  expect(await s.available(destination, 'eur')).toBe(99_00);
});

test('a seller with a bank account in the currency keeps it', async () => {
  await s.fund(20_00);
  const destination = await s.seller('de');
  await s.stripe.accounts.createExternalAccount(destination, {
    external_account: {
      object: 'bank_account',
      country: 'US',
      currency: 'usd',
      account_number: '000123456789',
      routing_number: '110000000',
    },
  });
  await transfer({ destination });
  expect(await s.available(destination, 'usd')).toBe(10_00);
});

test('lists are found by group and by destination, newest first, page by page', async () => {
  await s.fund(100_00);
  const other = await s.seller();
  const made: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    made.unshift((await transfer({ destination: other, transfer_group: 'run-7' })).id);
  }
  await transfer({ transfer_group: 'run-8' });
  const first = await s.stripe.transfers.list({ transfer_group: 'run-7', limit: 2 });
  expect(first).toMatchObject({ has_more: true, data: [{ id: made[0] }, { id: made[1] }] });
  const rest = await s.stripe.transfers.list({
    destination: other,
    starting_after: String(made[1]),
    expand: ['data.destination_payment.balance_transaction'],
  });
  expect(rest.data.map((one) => one.id)).toEqual(made.slice(2));
  const arrival = rest.data[0]?.destination_payment as Stripe.Charge;
  expect(arrival.balance_transaction).toMatchObject({ object: 'balance_transaction' });
  const later = Math.floor((await s.now()) / 1000) + 10;
  expect((await s.stripe.transfers.list({ created: { gte: later } })).data).toEqual([]);
});

test('metadata changes by key and the change is told', async () => {
  await s.fund(20_00);
  const { id } = await transfer({ metadata: { a: '1', b: '2' } });
  const after = await s.stripe.transfers.update(id, { metadata: { a: '', c: '3' } });
  expect(after.metadata).toEqual({ b: '2', c: '3' });
  expect(await s.told(id)).toEqual(['transfer.created', 'transfer.updated']);
});

test('a reversal takes a part back and leaves `reversed` false until all is back', async () => {
  await s.fund(20_00);
  const { id } = await transfer();
  const before = await s.available(seller);
  const part = await s.stripe.transfers.createReversal(id, { amount: 4_00 });
  expect(part).toMatchObject({ object: 'transfer_reversal', amount: 4_00, transfer: id });
  expect(await s.stripe.transfers.retrieve(id)).toMatchObject({
    amount_reversed: 4_00,
    reversed: false,
    reversals: { data: [{ id: part.id }] },
  });
  expect(await s.available(seller)).toBe(before - 4_00);
  await expectRefusal(
    s.stripe.transfers.createReversal(id, { amount: 6_01 }),
    undefined,
    /greater/,
  );
  await s.stripe.transfers.createReversal(id);
  expect(await s.stripe.transfers.retrieve(id)).toMatchObject({ reversed: true });
  await expectRefusal(s.stripe.transfers.createReversal(id), undefined, /already fully reversed/);
  expect(await s.told(id)).toEqual(['transfer.created', 'transfer.reversed', 'transfer.reversed']);
});

test('money that has left for the bank is out of reach of a reversal', async () => {
  await s.fund(20_00);
  const destination = await s.seller();
  const { id } = await transfer({ destination });
  await s.stripe.payouts.create({ amount: 10_00, currency: 'usd' }, { stripeAccount: destination });
  await expectRefusal(s.stripe.transfers.createReversal(id), 'balance_insufficient');
});

test('the parts of a converted transfer add up when it is reversed in parts', async () => {
  await s.fund(20_00);
  const destination = await s.seller('de');
  const { id } = await transfer({ destination, amount: 10_01 });
  for (const amount of [3_33, 3_33, 3_35]) {
    await s.stripe.transfers.createReversal(id, { amount });
  }
  expect(await s.available(destination, 'eur')).toBe(0);
});

test('a transfer from a charge waits for the charge and stays within it', async () => {
  const charge = await s.stripe.charges.create({
    amount: 30_00,
    currency: 'usd',
    source: 'tok_visa',
    transfer_group: 'order-1',
  });
  const destination = await s.seller();
  const given = { destination, source_transaction: charge.id };
  const made = await transfer({ ...given, amount: 25_00 });
  expect(made.transfer_group).toBe('order-1');
  expect(await s.pending(destination)).toBe(25_00);
  await expectRefusal(transfer({ ...given, amount: 5_01 }), undefined, /must not exceed/);
  await expectRefusal(
    transfer({ ...given, currency: 'eur' }),
    undefined,
    "The currency of source_transaction's balance transaction (usd) must be the same as the transfer currency (eur)",
  );
  await s.moveDays(6);
  expect(await s.pending(destination)).toBe(0);
});
