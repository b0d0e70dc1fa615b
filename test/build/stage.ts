import { expect } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { createTurns, type Turns } from '../../activities/stripe/budget.ts';
import type { Db } from '../../db/connect.ts';
import { reservePayout } from '../../db/payouts/reservation.ts';
import { readPayout } from '../../db/payouts/rows.ts';
import { newId, type PayoutId } from '../../domain/ids.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import { until } from '../../dev/wait.ts';
import { runActivity } from './activities.ts';
import { startMoneyDatabase } from './money.ts';
import { startStripeSide } from './stripe-side.ts';

/** One payout of 100.00 immediately before a step that sends a request to Stripe. */
export type Stage = Awaited<ReturnType<typeof startStage>>;

/** `whileWaiting` runs after a call was cleared and while the call waits for its slot. */
type Given = { funded?: boolean; whileWaiting?: () => unknown };
type Requests = { idempotencyKey: string; account: string; replayed: boolean }[];
type Moved = { id: string; amount: number; account: string; metadata: { payout_id?: string } };

/** How long payouts are watched, and how long nothing is paid to a changed bank account. */
const terms = { lateReturnDays: 10, bankCoolingHours: 48 };

/** Prepares a payout for its step, with the test's own database and sandbox. */
export async function startStage(step: MoneyStep, given: Given = {}) {
  const [money, sandbox] = await Promise.all([startMoneyDatabase(6), startStripeSide()]);
  const { db } = money;
  const { stripe } = sandbox;
  const turns = turnsWith(db, given.whileWaiting);
  const activities = createActivities({ stripe, db, turns, ...terms });
  const id = newId('sel');
  const account = await sandbox.account(id);
  if (given.funded !== false) await sandbox.fund(500_00);
  const sellerId = await money.seller({ id, currency: 'usd', account });
  await money.earn(sellerId, 100_00, { currency: 'usd' });
  const payoutId = await money.order(sellerId, null, 'usd');
  await reservePayout(db, payoutId);
  const row = () => readPayout(db, payoutId);
  const moveMinutes = async (minutes: number) => {
    const { offset_ms } = await db.selectFrom('clock').selectAll().executeTakeFirstOrThrow();
    await money.moveTo(offset_ms + minutes * 60_000);
    await sandbox.ask('POST', 'clock', { offsetMs: offset_ms + minutes * 60_000 });
  };
  const run = {
    transfer: () => runActivity(() => activities.createTransfer({ payoutId })),
    payout: () => runActivity(() => activities.createPayout({ payoutId })),
    lookUpTransfer: () => runActivity(() => activities.lookUpTransfer({ payoutId })),
    lookUpPayout: () => runActivity(() => activities.lookUpPayout({ payoutId })),
    follow: () => runActivity(() => activities.followPayout({ payoutId })),
    cancel: () => runActivity(() => activities.cancelPayout({ payoutId })),
    readAccount: () => runActivity(() => activities.retrieveAccount({ sellerId })),
    rereadAccounts: () => runActivity(() => activities.rereadAccounts({ olderThanMinutes: 60 })),
    readMovements: () => runActivity(() => activities.retrieveMovements({ sellerId })),
    setManualPayouts: () => runActivity(() => activities.setManualPayouts({ sellerId })),
  };
  // Otherwise Stripe pays the account out automatically at midnight, which may be now.
  if (step === 'payout') await run.setManualPayouts();
  if (step === 'payout') await arrive(await run.transfer(), moveMinutes);
  return {
    ...money,
    sandbox,
    stripe,
    account,
    sellerId,
    payoutId,
    row,
    activities,
    run,
    moveMinutes,
    /** Runs the activity of the step. */
    act: step === 'transfer' ? run.transfer : run.payout,
    lookUp: step === 'transfer' ? run.lookUpTransfer : run.lookUpPayout,
    ...stripesView(sandbox, payoutId, step),
    attempts: () =>
      db
        .selectFrom('attempts')
        .select(['number', 'state', 'refusal', 'error', 'tries'])
        .where('object_id', '=', payoutId)
        .where('step', '=', step)
        .orderBy('number')
        .execute(),
    close: () => Promise.all([db.destroy(), sandbox.close()]),
  };
}

function turnsWith(db: Db, whileWaiting: Given['whileWaiting']): Turns {
  const turns = createTurns(db, { all: 2000, endpoint: 2000, payouts: 2000 });
  return {
    ...turns,
    wait: async (endpoint, slotAt) => {
      await turns.wait(endpoint, slotAt);
      whileWaiting?.();
    },
  };
}

const pathOf = { transfer: '/v1/transfers', payout: '/v1/payouts' } as const;

function stripesView(
  { ask }: Pick<Awaited<ReturnType<typeof startStripeSide>>, 'ask'>,
  payoutId: PayoutId,
  step: MoneyStep,
) {
  const path = pathOf[step];
  return {
    path,
    /** The step's POSTs that reached Stripe, in order. */
    async posts(): Promise<Requests> {
      const answer = await ask('GET', `requests?method=POST&path=${path}`);
      return (answer as { requests: Requests }).requests;
    },
    /** The reads of a list that reached Stripe, in order. */
    async reads(of: string): Promise<Requests> {
      const answer = await ask('GET', `requests?method=GET&path=${of}`);
      return (answer as { requests: Requests }).requests;
    },
    /** The objects that Stripe created for the step. More than one would be money paid twice. */
    async made(): Promise<Moved[]> {
      const book = (await ask('GET', 'book')) as Record<string, Moved[]>;
      return (book[`${step}s`] ?? []).filter(({ metadata }) => metadata.payout_id === payoutId);
    },
    /** Waits until the hold has stopped a request. */
    untilHeld: () =>
      until('a request is held', async () => {
        const { holds } = (await ask('GET', 'holds')) as { holds: { waiting: unknown[] }[] };
        return holds.some(({ waiting }) => waiting.length > 0);
      }),
    disturb: (...rules: object[]) =>
      ask('PUT', 'faults', {
        rules: rules.map((rule) => ({ method: 'POST', path, ...rule })),
      }),
  };
}

async function arrive(row: Payout, moveMinutes: (minutes: number) => Promise<void>): Promise<void> {
  expect(row.status).toBe('transferred');
  if (row.waitingFor !== 'arrival' || row.lookAgainAt === null) return;
  const minutes = Math.ceil((Date.parse(row.lookAgainAt) - Date.parse(row.now)) / 60_000);
  await moveMinutes(minutes + 1);
}
