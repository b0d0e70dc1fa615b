import { expect } from 'vitest';
import type { Tx } from '../../../db/connect.ts';
import { releaseHold } from '../../../db/holds.ts';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { closeWithOutcome } from '../../../db/reconciliation/outcomes.ts';
import {
  type ElsewhereOrder,
  endPaidElsewhere,
  returnPaidElsewhere,
} from '../../../db/reconciliation/paid-elsewhere.ts';
import { dismissAdoption, listAdoptions } from '../../../db/recovery/adoptions.ts';
import type { Outcome } from '../../../domain/reconciliation/discrepancies.ts';
import type { booksOf } from '../../build/books.ts';
import type { Stage } from '../../build/stage.ts';

const day = 24 * 60;
const by = 'key_1';
const reason = 'Paid in the Dashboard';

type Books = Awaited<ReturnType<typeof booksOf>>;

/** A person who moves money without the engine, and says afterwards what the money was for. */
export function byHand(stage: Stage, books: Books) {
  const { db, payoutId } = stage;
  const inTx = <Answer>(run: (tx: Tx) => Promise<Answer>) => db.transaction().execute(run);
  /** The open discrepancies, oldest first. */
  const open = () =>
    db
      .selectFrom('discrepancies')
      .select(['id', 'cause'])
      .where('closed_at', 'is', null)
      .orderBy('opened_at')
      .orderBy('cause', 'desc')
      .orderBy('at_stripe', 'desc')
      .execute();
  return {
    open,
    /** Closes every open discrepancy. Returns what became of each. */
    async closeAll(outcome: Outcome | null): Promise<string[]> {
      const done = [];
      for (const { id } of await open()) {
        const closed = await inTx((tx) => closeWithOutcome(tx, { id, reason, by, outcome }));
        done.push('why' in closed ? closed.why : closed.kind);
      }
      return done;
    },
    async dismissAll(): Promise<void> {
      for (const { stripeId } of await listAdoptions(db)) {
        await inTx((tx) => dismissAdoption(tx, stripeId, { by, reason }));
      }
    },
    async releaseAll(): Promise<void> {
      const holds = await db.selectFrom('holds').select('id').execute();
      for (const { id: holdId } of holds) {
        await inTx((tx) => releaseHold(tx, { holdId, reason, by }));
      }
    },
    cancel: () => inTx((tx) => cancelPayout(tx, payoutId, by)),
    endElsewhere: (how: ElsewhereOrder['how'], id = payoutId) =>
      inTx((tx) => endPaidElsewhere(tx, id, { by, reason, how })),
    comeBack: (id = payoutId) => inTx((tx) => returnPaidElsewhere(tx, id, 'The bank sent it back')),
    ...atStripe(stage, books),
    ...booksAfter(stage, books),
  };
}

/** What a person and the bank do at Stripe. The books are read. */
function atStripe(stage: Stage, books: Books) {
  return {
    /** Makes the transfer and the payout in Stripe's Dashboard. */
    async pay(amount = 100_00) {
      const transfer = await books.transfer(amount);
      await stage.moveMinutes(5 * day);
      const payout = await books.payOut(amount);
      await books.read();
      return { transferId: transfer.id, stripePayoutId: payout.id };
    },
    /** Lets the bank send a payout back. */
    async fail(stripePayoutId: string): Promise<void> {
      await stage.sandbox.ask('POST', `payouts/${stripePayoutId}/fail`, {
        failureCode: 'declined',
      });
      await books.read();
    },
    /** Debits the bank account for a payout. */
    async debitBack(stripePayoutId: string): Promise<void> {
      const acting = { stripeAccount: stage.account };
      await stage.stripe.payouts.reverse(stripePayoutId, {}, acting);
      await books.read();
    },
  };
}

/** What the money looks like afterwards. */
function booksAfter({ sandbox, db, moveMinutes }: Stage, books: Books) {
  return {
    /** What left the account to the seller's bank, by whomever, and did not come back. */
    async paidOut(): Promise<number> {
      const { payouts } = (await sandbox.ask('GET', 'book')) as {
        payouts: { amount: number; status: string }[];
      };
      const gone = payouts.filter(({ status }) => status !== 'failed' && status !== 'canceled');
      return gone.reduce((sum, { amount }) => sum + amount, 0);
    },
    /** How much of the earnings no payout contains. */
    async earningsLeft(): Promise<number> {
      const rows = await db.selectFrom('earnings').select(['amount', 'allocated']).execute();
      return rows.reduce((sum, { amount, allocated }) => sum + amount - allocated, 0);
    },
    /** Both sides of the books agree, no line is open, and a pass finds nothing. */
    async expectAgreement(): Promise<void> {
      await moveMinutes(day);
      await books.age();
      await books.read();
      await books.reconcile();
      expect(await books.discrepancies()).toEqual([]);
      expect(await books.open()).toEqual([]);
      const { account = 0, 'account-reserved': reserved = 0 } = await books.places();
      expect(account + reserved).toBe((await books.atStripe()) ?? 0);
    },
  };
}

/** A person lets the money that came back go, and it leaves once, with its earnings. */
export async function expectPaidAgain(stage: Stage, books: Books): Promise<void> {
  const hand = byHand(stage, books);
  await stage.moveMinutes(5 * day);
  await hand.releaseAll();
  await hand.closeAll(null);
  expect(await books.payAll()).toMatchObject({ status: 'sent', fromAccount: 100_00 });
  expect(await hand.earningsLeft()).toBe(0);
  expect(await hand.paidOut()).toBe(100_00);
  await hand.expectAgreement();
}
