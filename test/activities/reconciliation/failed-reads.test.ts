import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listAttention } from '../../../db/attention/waiting-for-people.ts';
import { readSellerFacts } from '../../../db/explanations/facts.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { readSellerForWorkflow } from '../../../db/sellers/steps.ts';
import { resolutionOf } from '../../../domain/attention/words.ts';
import { explainSeller } from '../../../domain/explanations/seller.ts';
import { nextSellerStep } from '../../../domain/sellers.ts';
import { booksOf } from '../../build/books.ts';
import { type Stage, startStage } from '../../build/stage.ts';

/** One account whose books cannot be read holds its own seller, is named, and stops nobody else. */
let stage: Stage;
let books: Awaited<ReturnType<typeof booksOf>>;
beforeEach(async () => {
  stage = await startStage('payout');
  books = await booksOf(stage);
  await stage.run.readAccount();
});
afterEach(() => stage.close());

const message =
  'The provided key does not have the required permissions for this endpoint on account ' +
  "'acct_1'. Having the 'rak_balance_transaction_read' permission would allow this request to continue.";
const refused = { kind: 'status', method: 'GET', path: '/v1/balance_transactions', count: 99 };

describe.each([
  [{ ...refused, status: 403, message }, 'Stripe answers 403', 'rak_balance_transaction_read'],
  [{ ...refused, status: 404, code: 'resource_missing' }, '404 (resource_missing)', 'ask Stripe'],
  [{ ...refused, status: 403, code: 'account_invalid' }, '403 (account_invalid)', 'connect it'],
])('a seller with direct income whose books answer %o', (fault, answer, remedy) => {
  beforeEach(async () => {
    await stage.act();
    await books.charge(80_00);
    await books.read();
    await stage.moveMinutes(5);
    await stage.disturb(fault);
  });

  test('waits with the real reason, and its workflow does not repeat the read at once', async () => {
    const { sellerId, db } = stage;
    const payoutId = await stage.order(sellerId, null, 'usd');
    expect(nextSellerStep(await readSellerForWorkflow(db, sellerId), new Set()).kind).toBe(
      'read-movements',
    );
    const seller = await books.read();
    expect(nextSellerStep(seller, new Set()).kind).toBe('start-payout');
    const waits = { status: 'requested', waitingFor: 'unread-account', fromPlatform: 0 };
    expect(await reservePayout(db, payoutId)).toMatchObject(waits);
    const facts = await readSellerFacts(db, sellerId, () => ({ latest: null, upcoming: [] }));
    const { waits: told } = explainSeller(facts!, (at) => at);
    const [wait] = told.filter((one) => one.for === 'unread-account');
    expect(wait).toMatchObject({ actor: 'operator' });
    expect(wait?.reason).toContain(answer);
    expect(wait?.reason).toContain(remedy);
    expect(wait?.reason).toContain('the balance transactions');
  });

  test('is in the attention list with Stripe’s answer', async () => {
    await books.read();
    const [entry] = await listAttention(stage.db, { limit: 5 });
    expect(entry).toMatchObject({ kind: 'seller', parked: 'account-unreadable' });
    expect(resolutionOf(entry!).explanation).toContain(answer);
  });

  test('continues by itself once the books can be read', async () => {
    const { sellerId, db } = stage;
    const payoutId = await stage.order(sellerId, null, 'usd');
    await books.read();
    await reservePayout(db, payoutId);
    await stage.disturb();
    await stage.moveMinutes(11);
    await stage.forgetWakeUps();
    await books.reread();
    expect(await listAttention(stage.db, { limit: 5 })).toEqual([]);
    expect(await stage.wakeUps()).toMatchObject({ [`payout/${payoutId}`]: ['payouts'] });
    expect(await reservePayout(db, payoutId)).toMatchObject({ status: 'transferred' });
    expect(await readPayout(db, payoutId)).toMatchObject({ waitingFor: null });
  });
});

test('an account that cannot be read does not keep the job from the others, or from its books', async () => {
  await stage.disturb({ ...refused, path: '/v2/core/accounts', status: 403, message });
  await stage.moveMinutes(61);
  await books.charge(80_00);
  expect(await books.reread()).toBe(1);
  const [entry] = await listAttention(stage.db, { limit: 5 });
  expect(entry).toMatchObject({ kind: 'seller', parked: 'account-unreadable' });
  const { movements_until } = await stage.db
    .selectFrom('sellers')
    .select('movements_until')
    .where('id', '=', stage.sellerId)
    .executeTakeFirstOrThrow();
  expect(movements_until).not.toBeNull();
});

test('an account that is silent for a while is no case for a person, and after an hour it is', async () => {
  await stage.disturb({ ...refused, status: 500 });
  await expect(books.read()).rejects.toThrow('Stripe: status 500');
  expect(await listAttention(stage.db, { limit: 5 })).toEqual([]);
  await stage.moveMinutes(61);
  await expect(books.read()).rejects.toThrow('Stripe: status 500');
  expect(await listAttention(stage.db, { limit: 5 })).toMatchObject([
    { parked: 'account-unreadable' },
  ]);
});
