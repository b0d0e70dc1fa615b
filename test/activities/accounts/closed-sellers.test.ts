import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reopenSeller } from '../../../db/sellers/commands.ts';
import { readSellerForWorkflow } from '../../../db/sellers/steps.ts';
import { recordEvents } from '../../../db/stripe-events/inbox.ts';
import { nextSellerStep } from '../../../domain/sellers.ts';
import { booksOf } from '../../build/books.ts';
import type { Stage } from '../../build/stage.ts';
import { startClosed } from './closed-stage.ts';

const day = 24 * 60;
let stage: Stage;
let books: Awaited<ReturnType<typeof booksOf>>;
afterEach(() => stage.close());
beforeEach(async () => {
  ({ stage, books } = await startClosed());
  await stage.forgetWakeUps();
  const { stripePayoutId } = await stage.row();
  await stage.sandbox.ask('POST', `payouts/${stripePayoutId}/fail`, { failureCode: 'declined' });
});

const seller = () => readSellerForWorkflow(stage.db, stage.sellerId);

describe('what a bank sends back after its seller was closed', () => {
  test('starts the seller’s workflow once more, which books it and is over', async () => {
    const { stripePayoutId: objectId } = await stage.row();
    const event = { eventId: 'evt_1', type: 'payout.failed', account: stage.account, objectId };
    await recordEvents(stage.db, [event], 'webhook');
    const topics = ['money', 'reopened'] as const;
    expect(await stage.wakeUps()).toEqual({ [`seller/${stage.sellerId}`]: [...topics] });
    expect(nextSellerStep(await seller(), new Set(topics))).toEqual({ kind: 'read-movements' });
    const after = await stage.run.readMovements();
    expect(nextSellerStep(after, new Set(['reopened']))).toEqual({ kind: 'over' });
    expect(await books.places()).toMatchObject({ account: 100_00 });
  });

  test('is found without any event within a day, by the watch over accounts', async () => {
    await stage.moveMinutes(day + 1);
    expect(await stage.run.rereadAccounts()).toBe(1);
    expect(await stage.row()).toMatchObject({ status: 'returned' });
    expect(await stage.run.rereadAccounts()).toBe(0);
  });

  test('waits for a person, who opens the seller again or leaves it', async () => {
    await stage.run.readMovements();
    expect(await seller()).toMatchObject({ status: 'closed', parked: 'returned-after-close' });
    await stage.db
      .transaction()
      .execute((tx) => reopenSeller(tx, { sellerId: stage.sellerId, reason: 'back', by: 'key_1' }));
    expect(await seller()).toMatchObject({ parked: null });
    expect((await seller()).status).not.toBe('closed');
  });
});
