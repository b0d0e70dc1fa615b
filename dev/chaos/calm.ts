import { setTimeout as pause } from 'node:timers/promises';

import { enterNewDetails, type Seller } from './onboard.ts';
import { actAsOperator, liftStops } from './operator.ts';
import { listAll, type Scene } from './scene.ts';
import { letPass } from './time.ts';

type Payout = {
  id: string;
  sellerId: string;
  status: string;
  waitingFor: string | null;
  parked: unknown;
};

/**
 * Hours between two looks: at first short, for look-ups that are due within minutes, then long, for
 * banks.
 */
const steps = [1, 1, 2, 4, 8, ...Array.from({ length: 40 }, () => 24)];

/** Less than Stripe's limit of 15, because the engine is under strikes. */
const payoutsPerSecond = 12;

/** Ends every disturbance. From here on, the engine must recover by itself. */
export async function endDisturbances(scene: Scene, sellers: readonly Seller[]): Promise<void> {
  const { control } = scene;
  await control('PUT', '/plan', {});
  await control('PUT', '/faults', { rules: [] });
  await control('PUT', '/holds', { holds: [] });
  await control('PUT', '/webhooks', { mode: 'on' });
  await liftStops(scene);
  for (const { bank, account } of sellers) {
    if (bank && bank.newDetailsOn !== null) await enterNewDetails(control, account);
  }
}

/** Moves the clock and acts as an operator, until no payout is open or the limit is reached. */
export async function calmDown(scene: Scene, limitMs: number): Promise<void> {
  const until = Date.now() + limitMs;
  let told = '';
  for (const hours of steps) {
    await comeToRest(scene, until);
    while ((await actAsOperator(scene)) > 0) await comeToRest(scene, until);
    const open = await listOpen(scene);
    if (open.length === 0 || Date.now() > until) return;
    if (told !== inWords(open)) scene.tell(`calm: ${inWords(open)}`);
    told = inWords(open);
    if (stopped(open).length === open.length) return;
    const isWatched = open.every(({ status }) => status === 'paid');
    await letPass(scene, isWatched ? 4 * hours : hours);
  }
}

async function listOpen(scene: Scene): Promise<Payout[]> {
  return list(scene, ['requested', 'reserved', 'transferred', 'sent', 'paid']);
}

async function list({ api }: Scene, statuses: readonly string[]): Promise<Payout[]> {
  const lists = await Promise.all(
    statuses.map(async (status) => listAll<Payout>(api, `/v1/payouts?status=${status}`)),
  );
  return lists.flat();
}

/**
 * The payouts that time does not help: they need an action that nobody in this run takes, or wait
 * for such a payout.
 */
function stopped(open: readonly Payout[]): Payout[] {
  const isFirst = ({ waitingFor, parked }: Payout): boolean =>
    parked !== null || waitingFor === 'bank-details';
  const sellers = new Set(open.filter(isFirst).map(({ sellerId }) => sellerId));
  return open.filter((one) => {
    return isFirst(one) || (one.status === 'requested' && sellers.has(one.sellerId));
  });
}

/**
 * Waits until most payouts of a day are sent, at most for the time that Stripe's limits require.
 */
export async function letMostLeave(scene: Scene, sellers: number): Promise<void> {
  const until = Date.now() + 8000 + (sellers / payoutsPerSecond) * 1000;
  while (Date.now() < until) {
    const moving = await list(scene, ['requested', 'reserved', 'transferred']);
    const held = moving.filter(({ waitingFor }) => waitingFor !== null);
    if (moving.length - held.length <= sellers / 10) return;
    await pause(500);
  }
}

/** Waits until two looks show the same. */
async function comeToRest(scene: Scene, until: number): Promise<void> {
  let before = '';
  while (Date.now() < until) {
    const startedAt = Date.now();
    const seen = (await listOpen(scene))
      .map(({ id, status, waitingFor }) => `${id} ${status} ${waitingFor}`)
      .join('\n');
    if (seen === before) return;
    before = seen;
    await pause(Math.max(1000, 4 * (Date.now() - startedAt)));
  }
}

function inWords(open: readonly Payout[]): string {
  const counts = new Map<string, number>();
  for (const { status } of open) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}
