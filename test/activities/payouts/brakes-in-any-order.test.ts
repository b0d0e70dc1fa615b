import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Tx } from '../../../db/connect.ts';
import { placeHold, releaseHold } from '../../../db/holds.ts';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { pauseSeller, resumeSeller } from '../../../db/sellers/pauses.ts';
import { newId, type PayoutId, type SellerId } from '../../../domain/ids.ts';
import { nextStep, type PayoutStep } from '../../../domain/payouts/states.ts';
import { runActivity } from '../../build/activities.ts';
import { type Stage, startStage } from '../../build/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage('transfer');
});
afterAll(() => stage.close());

/** What Stripe, or the network, does to the next request of a payout. */
const faults = {
  none: null,
  'too many': { kind: 'status', status: 429 },
  'key refused': { kind: 'status', status: 401 },
  'lost before': { kind: 'drop-before' },
  'lost after': { kind: 'drop-after' },
  'failed, kept': { kind: 'status', status: 500, stored: true, processed: true },
  refused: { kind: 'status', status: 400 },
} as const;
const kinds = Object.keys(faults) as (keyof typeof faults)[];

const happening = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constant('step' as const), fault: fc.constantFrom(...kinds) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('hold', 'pause', 'cancel') }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('release' as const) }) },
);
type Happening = { what: string; fault?: keyof typeof faults };

const by = 'key_of_the_tests';
const order = <T>(does: (tx: Tx) => Promise<T>) => stage.db.transaction().execute(does);

/** A seller with one payout, as its workflow and an operator drive it. */
async function begin() {
  const id = newId('sel');
  const account = await stage.sandbox.account(id);
  await stage.sandbox.fund(20_00);
  const sellerId = await stage.seller({ id, currency: 'usd', account });
  await runActivity(() => stage.activities.setManualPayouts({ sellerId }));
  await stage.earn(sellerId, 10_00, { currency: 'usd' });
  const payoutId = await stage.order(sellerId, null, 'usd');
  await reservePayout(stage.db, payoutId);
  return { sellerId, payoutId, letGo: [] as (() => Promise<unknown>)[], isCanceled: false };
}
type Life = Awaited<ReturnType<typeof begin>>;

/** How many requests that let money go have reached Stripe for the payout. */
async function countSent(payoutId: PayoutId): Promise<number> {
  const logs = await Promise.all(
    ['/v1/transfers', '/v1/payouts'].map((path) =>
      stage.sandbox.ask('GET', `requests?method=POST&limit=10000&path=${path}`),
    ),
  );
  const all = logs.flatMap((log) => {
    return (log as { requests: { path: string; idempotencyKey: string }[] }).requests;
  });
  return all.filter(({ path, idempotencyKey }) => {
    return idempotencyKey?.startsWith(`${payoutId}/`) && !path.includes('cancel');
  }).length;
}

/** Takes the workflow's next step; a failure is repeated by a later step, as Temporal does. */
async function step({ payoutId }: Life, fault: keyof typeof faults): Promise<void> {
  const row = await readPayout(stage.db, payoutId);
  const next = nextStep(row, true);
  if (next.kind === 'wait' && next.until !== null) {
    const minutes = (Date.parse(next.until) - Date.parse(row.now)) / 60_000;
    return stage.moveMinutes(Math.ceil(minutes) + 1);
  }
  const activity = activityOf(next, { payoutId });
  if (!activity) return;
  const rule = faults[fault];
  const rules = rule ? [{ method: 'POST', path: '^/v1/(transfers|payouts)', ...rule }] : [];
  await stage.sandbox.ask('PUT', 'faults', { rules });
  await runActivity(activity).catch(() => undefined);
}

/** The activity of a step; undefined for a step that no activity takes. */
function activityOf(step: PayoutStep, of: { payoutId: PayoutId }) {
  const { activities } = stage;
  switch (step.kind) {
    case 'transfer':
      return () => activities.createTransfer(of);
    case 'payout':
      return () => activities.createPayout(of);
    case 'cancel':
      return () => activities.cancelPayout(of);
    case 'follow':
      return () => activities.followPayout(of);
    case 'look-up':
      return () =>
        step.step === 'transfer' ? activities.lookUpTransfer(of) : activities.lookUpPayout(of);
    default:
      return undefined;
  }
}

/** Pulls a brake, and returns once it is acknowledged. */
async function pull(life: Life, what: string): Promise<void> {
  const { sellerId, payoutId, letGo } = life;
  if (what === 'cancel') {
    const plan = await order((tx) => cancelPayout(tx, payoutId, by, { mayStand: true }));
    life.isCanceled ||= plan?.kind !== 'refuse';
  } else if (what === 'pause') {
    await order((tx) => pauseSeller(tx, { sellerId, reason: 'test', by }));
    letGo.push(() => order((tx) => resumeSeller(tx, { sellerId, reason: 'test', by })));
  } else {
    const { id } = await order((tx) => placeHold(tx, holdOn(sellerId), by));
    letGo.push(() => order((tx) => releaseHold(tx, { holdId: id, reason: 'test', by })));
  }
}

function holdOn(sellerId: SellerId) {
  const all = { currency: null, amount: null, expiresAt: null };
  return { sellerId, source: 'operator', reason: 'test', ...all } as const;
}

test('after an acknowledged brake, no request that lets money go is sent', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 4, maxLength: 14 }), async (happenings) => {
      const life = await begin();
      for (const { what, fault } of happenings as Happening[]) {
        const sent = await countSent(life.payoutId);
        const isBraked = life.isCanceled || life.letGo.length > 0;
        if (what === 'step') await step(life, fault ?? 'none');
        else if (what === 'release') for (const letGo of life.letGo.splice(0)) await letGo();
        else await pull(life, what);
        if (isBraked) expect(await countSent(life.payoutId)).toBe(sent);
      }
      await expectMadeOnce(life.payoutId);
    }),
    { numRuns: 40 },
  );
}, 240_000);

async function expectMadeOnce(payoutId: PayoutId): Promise<void> {
  const book = (await stage.sandbox.ask('GET', 'book')) as Record<
    'transfers' | 'payouts',
    { metadata: { payout_id?: string } }[]
  >;
  for (const made of [book.transfers, book.payouts]) {
    const own = made.filter(({ metadata }) => metadata.payout_id === payoutId);
    expect(own.length).toBeLessThanOrEqual(1);
  }
}
