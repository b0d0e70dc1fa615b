import { setTimeout as pause } from 'node:timers/promises';

import { enterNewDetails } from './load.ts';
import type { Seller } from './onboard.ts';
import { actAsOperator } from './operator.ts';
import { listAll, type Scene } from './scene.ts';
import { letPass } from './time.ts';

type Payout = {
  id: string;
  status: string;
  waitingFor: string | null;
  parked: unknown;
};

/** Hours that pass between two looks: first for look-ups that are due in minutes, then for banks. */
const firstHours = [1, 1, 2, 4, 8];
const days = 40;

/** Ends every disturbance; what it broke has to heal by itself from here on. */
export async function endDisturbances(scene: Scene, sellers: readonly Seller[]): Promise<void> {
  const { control, api } = scene;
  await control('PUT', '/plan', {});
  await control('PUT', '/faults', { rules: [] });
  await control('PUT', '/holds', { holds: [] });
  await control('PUT', '/webhooks', { mode: 'on' });
  await api('POST', '/v1/operations/resume-money', { reason: 'chaos is over' });
  for (const { bank, account } of sellers) {
    if (bank && bank.newDetailsOn !== null) await enterNewDetails(control, account);
  }
}

/** Lets time pass, as an operator at the desk, until nothing is open or the limit is reached. */
export async function calmDown(scene: Scene, limitMs: number): Promise<void> {
  const until = Date.now() + limitMs;
  const steps = [...firstHours, ...Array.from({ length: days }, () => 24)];
  for (const hours of steps) {
    await comeToRest(scene, until);
    while ((await actAsOperator(scene)) > 0) await comeToRest(scene, until);
    const open = await listOpen(scene);
    if (open.length === 0 || Date.now() > until) return;
    scene.tell(`calm: ${inWords(open)}`);
    if (open.every(onlyAPersonLifts)) return;
    await letPass(scene, hours);
    scene.count.days += hours / 24;
  }
}

const openStatuses = ['requested', 'reserved', 'transferred', 'sent', 'paid'];

async function listOpen({ api }: Scene): Promise<Payout[]> {
  const lists = await Promise.all(
    openStatuses.map(async (status) => listAll<Payout>(api, `/v1/payouts?status=${status}`)),
  );
  return lists.flat();
}

/** Time does not help: somebody has to do something, and nobody in this run will. */
function onlyAPersonLifts({ waitingFor, parked }: Payout): boolean {
  return parked !== null || waitingFor === 'bank-details' || waitingFor === 'hold';
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
