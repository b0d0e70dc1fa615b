import { setTimeout as pause } from 'node:timers/promises';

import { until } from '../../wait.ts';
import type { Scene } from '../scene.ts';
import { diceOf } from './dice.ts';
import { type Blow, inWords, type Strike } from './plan.ts';

/** Strikes according to its plan. */
export type Striker = {
  /** Reports the number of sellers or orders. Runs the strikes that are due, one at a time. */
  reach: (during: Strike['during'], count: number) => Promise<void>;
  /** Waits for the last strike. */
  rest: () => Promise<void>;
};

type Of<Kind extends Blow['do']> = Extract<Blow, { do: Kind }>;

/** Creates the striker for a plan. */
export function createStriker(scene: Scene, strikes: readonly Strike[]): Striker {
  const waiting = [...strikes];
  let turn: Promise<void> = Promise.resolve();
  let under: Promise<void> = Promise.resolve();
  const strikeDue = async (during: Strike['during'], count: number): Promise<void> => {
    for (;;) {
      const at = waiting.findIndex((one) => one.during === during && one.after <= count);
      const [next] = at < 0 ? [] : waiting.splice(at, 1);
      if (!next) return;
      await under;
      under = strike(scene, next);
    }
  };
  return {
    async reach(during, count) {
      // If a strike is due while the previous one still runs, the caller waits too.
      turn = turn.then(async () => strikeDue(during, count));
      await turn;
    },
    rest: async () => {
      await turn;
      await under;
    },
  };
}

/**
 * Only the load reaches a point. If the load does not reach the point in this time, the strike is
 * missed.
 */
const pointLimitMs = 20_000;
const backLimitMs = 60_000;

async function strike(scene: Scene, planned: Strike): Promise<void> {
  const from = new Date().toISOString();
  const told = await struck(scene, planned).catch((error: unknown) => {
    return `missed: ${error instanceof Error ? error.message : String(error)}`;
  });
  scene.log.write({ line: 'strike', strike: planned, from, to: new Date().toISOString(), told });
  scene.tell(told === '' ? inWords(planned) : `${inWords(planned)}: ${told}`);
}

async function struck(scene: Scene, blow: Strike): Promise<string> {
  switch (blow.do) {
    case 'kill':
      return kill(scene, blow.part);
    case 'kill-at':
      return killAt(scene, blow);
    case 'crash':
      return crash(scene, blow);
    case 'lose-temporal':
      return loseTemporal(scene);
    case 'stripe-dead':
      return stripeDies(scene, blow);
    case 'late-money':
      scene.funds.lateUntil = scene.count.days + 1 + blow.days; // today's came this morning
      return '';
    case 'stop-money':
      return stopMoney(scene, blow);
    case 'late-return':
      return returnLate(scene, blow);
    case 'webhooks':
      await scene.control('PUT', '/webhooks', blow.settings);
      return '';
  }
}

async function kill(scene: Scene, part: 'worker' | 'API'): Promise<string> {
  const pid = await until(`the ${part} runs`, async () => scene.kill(part), backLimitMs);
  scene.count.killed += 1;
  if (part === 'API') await scene.api('GET', '/health');
  return `process ${pid}`;
}

/**
 * Holds a request at the point, kills the worker that waits for the answer, and cuts the
 * connection.
 */
async function killAt(scene: Scene, { when, path }: Of<'kill-at'>): Promise<string> {
  const { control } = scene;
  const hold = { id: 'point', when, method: 'POST', path, count: 1 };
  await control('PUT', '/holds', { holds: [hold] });
  try {
    await until(
      'a request came to the point',
      async () => {
        const { holds } = (await control('GET', '/holds')) as { holds: { waiting: unknown[] }[] };
        return holds.some(({ waiting }) => waiting.length > 0);
      },
      pointLimitMs,
    );
    const told = await kill(scene, 'worker');
    await control('POST', '/holds/point/release', { drop: true });
    return told;
  } finally {
    await control('PUT', '/holds', { holds: [] });
  }
}

async function crash(scene: Scene, { server }: Of<'crash'>): Promise<string> {
  await scene.engine.crash(server);
  scene.count.killed += 1;
  scene.count.restarts += 1;
  if (server === 'sandbox') await limitAsStripeDoes(scene);
  await scene.api('GET', '/ready');
  return '';
}

async function loseTemporal({ engine, count, api }: Scene): Promise<string> {
  await engine.loseTemporal();
  count.killed += 1;
  count.restarts += 1;
  await api('GET', '/ready');
  return '';
}

/** Sets Stripe's own limits, which the sandbox forgets when it is killed. */
export async function limitAsStripeDoes({ control }: Scene): Promise<void> {
  await control('PUT', '/limits', { mode: 'live' });
}

async function stripeDies({ control }: Scene, { seconds }: Of<'stripe-dead'>): Promise<string> {
  const rule = { kind: 'drop-before', path: '/v', count: 1_000_000_000 };
  await control('PUT', '/faults', { rules: [rule] });
  await pause(seconds * 1000);
  await control('PUT', '/faults', { rules: [] });
  return '';
}

async function stopMoney({ api }: Scene, { seconds }: Of<'stop-money'>): Promise<string> {
  const reason = 'chaos';
  const { stopId } = (await api('POST', '/v1/operations/stop-money', { reason })) as {
    stopId: string;
  };
  await pause(seconds * 1000);
  await api('POST', '/v1/operations/resume-money', { stopId, reason });
  return '';
}

async function returnLate(scene: Scene, { after }: Strike): Promise<string> {
  const { api, control, seed } = scene;
  const { data } = (await api('GET', '/v1/payouts?status=paid&limit=50')) as {
    data: { stripePayoutId: string }[];
  };
  const [first, ...others] = data;
  if (!first) return 'missed: nobody was paid yet';
  const { stripePayoutId } = diceOf(seed, 'return', after).pick([first, ...others]);
  await control('POST', `/payouts/${stripePayoutId}/fail`, { failureCode: 'could_not_process' });
  return stripePayoutId;
}
