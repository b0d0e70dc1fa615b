import { sql } from 'kysely';
import type { FoundByPass } from '../../db/reconciliation/platform.ts';
import { createActivities } from '../../activities/index.ts';
import { createTurns } from '../../activities/stripe/budget.ts';
import { reservePayout } from '../../db/payouts/reservation.ts';
import type { PayoutId } from '../../domain/ids.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import { runActivity } from './activities.ts';
import type { Stage } from './stage.ts';

/** Reads Stripe's books and the ledger of a stage, and moves money at Stripe without the engine. */
export async function booksOf(stage: Stage) {
  const { stripe, db, account, sellerId } = stage;
  const turns = createTurns(db, { all: 2000, endpoint: 2000, payouts: 2000 });
  const activities = createActivities({
    stripe,
    db,
    turns,
    lateReturnDays: 10,
    bankCoolingHours: 48,
  });
  const acting = { stripeAccount: account };
  const manual = { interval: 'manual' } as const;
  await stripe.balanceSettings.update({ payments: { payouts: { schedule: manual } } }, acting);
  return {
    sellerId,
    read: stage.run.readMovements,
    reread: stage.run.rereadAccounts,
    ...passesOf(stage),
    /** Makes a transfer without the engine. It may carry the id of a payout of ours. */
    transfer: (amount: number, name?: PayoutId) =>
      stripe.transfers.create({
        amount,
        currency: 'usd',
        destination: account,
        ...(name && { transfer_group: name, metadata: { payout_id: name } }),
      }),
    payOut: (amount: number, name?: PayoutId) =>
      stripe.payouts.create(
        { amount, currency: 'usd', ...(name && { metadata: { payout_id: name } }) },
        acting,
      ),
    charge: (amount: number) =>
      stripe.charges.create({ amount, currency: 'usd', source: 'tok_bypassPending' }, acting),
    /** Orders a payout of everything payable and takes it as far as possible. */
    async payAll(currency = 'usd'): Promise<Payout> {
      const payoutId = await stage.order(sellerId, null, currency);
      let row = await reservePayout(db, payoutId);
      if (row.status === 'reserved') {
        row = await runActivity(() => activities.createTransfer({ payoutId }));
      }
      if (row.status === 'transferred') {
        row = await runActivity(() => activities.createPayout({ payoutId }));
      }
      return row;
    },
    ...viewsOf(stage),
  };
}

function passesOf({ stripe, db }: Stage) {
  const turns = createTurns(db, { all: 2000, endpoint: 2000, payouts: 2000 });
  const passes = (pages: number) => {
    const reconciliation = { pages, lines: 10_000, graceMinutes: 60 };
    return createActivities({
      stripe,
      db,
      turns,
      lateReturnDays: 10,
      bankCoolingHours: 48,
      reconciliation,
    });
  };
  return {
    readPlatform: (pages: number) => runActivity(() => passes(pages).retrievePlatformMovements()),
    /** Runs a whole pass, as the job does. */
    async reconcile(): Promise<FoundByPass> {
      const activities = passes(100);
      await runActivity(() => activities.retrievePlatformMovements());
      await runActivity(() => activities.takeOpenMovements());
      return runActivity(() => activities.findDifferences());
    },
    /**
     * Makes the movements an hour older, because they are stored with the real time and not with
     * the moved clock.
     */
    age: () => sql`update movements set noted_at = noted_at - interval '1 hour'`.execute(db),
  };
}

function viewsOf(stage: Stage) {
  const { db, sellerId, account, sandbox } = stage;
  return {
    places: () => stage.balances(sellerId),
    atStripe: () => sandbox.available(account),
    async discrepancies(): Promise<string[]> {
      const rows = await db
        .selectFrom('discrepancies')
        .select(['cause', 'at_stripe', 'in_ledger'])
        .where('closed_at', 'is', null)
        .orderBy('opened_at')
        .orderBy('cause')
        .orderBy('in_ledger', 'desc')
        .orderBy('at_stripe', 'desc')
        .execute();
      return rows.map(({ cause, at_stripe, in_ledger }) =>
        [cause, at_stripe, in_ledger].filter((part) => part !== null).join(' '),
      );
    },
    async holds(): Promise<(number | null)[]> {
      const rows = await db
        .selectFrom('holds')
        .select('amount')
        .where('released_at', 'is', null)
        .execute();
      return rows.map(({ amount }) => amount);
    },
    /** The lines that are not explained. */
    open: () =>
      db
        .selectFrom('movements')
        .select(['type', 'net', 'standing'])
        .where('standing', 'in', ['open', 'unknown-payout'])
        .orderBy('position')
        .execute(),
  };
}
