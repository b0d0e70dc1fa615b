import type { Settings } from '../settings.ts';
import type { State } from '../state.ts';
import type { Outage } from './audit/facts.ts';
import { readFacts } from './audit/reading.ts';
import { audit } from './audit/verdict.ts';
import { calmDown, endDisturbances } from './calm.ts';
import { castOf } from './cast.ts';
import { letMoneyCome } from './funds.ts';
import { runLoad } from './load.ts';
import { onboard } from './onboard.ts';
import { revokeKey } from './operator.ts';
import { type Outcome, standstillFindings } from './report.ts';
import type { Scene } from './scene.ts';
import { readLines, type Replay, type StruckCall } from './strikes/log.ts';
import { callShares, planOf } from './strikes/plan.ts';
import { createStriker, limitAsStripeDoes } from './strikes/striker.ts';

type Place = { settings: Settings; state: State; replay: Replay | undefined; startedAt: number };

/** Runs everything after the start: onboarding, load under strikes, recovery, audit. */
export async function play(scene: Scene, place: Place): Promise<Outcome> {
  const { log, tell, count } = scene;
  const loadMs = await playAll(scene, place).catch(async (error: unknown) => {
    await logStruck(scene).catch(() => []); // what cannot be finished is what is played again
    throw error;
  });
  const calls = await logStruck(scene);
  const strikes = readLines(log.file).filter((line) => line.line === 'strike');
  const outages = strikes.map(({ from, to }): Outage => ({
    from: Date.parse(from),
    to: Date.parse(to),
  }));
  tell('the audit reads the books');
  const facts = await readFacts(
    sourcesOf(place),
    {
      promised: count.promised,
      brakes: count.brakes,
      outages,
    },
    count.revoked,
  );
  const withoutMoney = await countWithoutMoney(scene);
  const allMs = Date.now() - place.startedAt;
  const findings = [...audit(facts), ...standstillFindings(strikes)];
  return { facts, findings, calls, strikes, withoutMoney, loadMs, allMs };
}

/** Returns how long the load took. */
async function playAll(scene: Scene, { replay }: Place): Promise<number> {
  const { seed, payouts, control, tell } = scene;
  const cast = castOf(seed, payouts);
  const striker = createStriker(scene, replay?.strikes ?? planOf(seed, payouts, cast.length));
  await limitAsStripeDoes(scene);
  await control('PUT', '/plan', replay ? playAgain(replay) : { seed, shares: callShares });
  const sellers = await onboard(scene, cast, striker);
  tell(`${sellers.length} sellers are active`);
  scene.count.revoked.push(...(await revokeKey(scene)));
  const loadFrom = Date.now();
  await runLoad(scene, sellers, striker);
  const loadMs = Date.now() - loadFrom;
  await striker.rest();
  await endDisturbances(scene, sellers);
  await letMoneyCome(scene, sellers);
  tell('every disturbance ends');
  await calmDown(scene, 120_000 + payouts * 400);
  return loadMs;
}

/** Records which calls were struck. */
async function logStruck(scene: Scene): Promise<StruckCall[]> {
  const calls = await listStruck(scene);
  for (const call of calls) scene.log.write({ line: 'call', ...call });
  return calls;
}

async function countWithoutMoney({ control }: Scene): Promise<number> {
  const path = '/requests?path=/v1/transfers&errorCode=balance_insufficient&limit=10000';
  const { requests } = (await control('GET', path)) as { requests: unknown[] };
  return requests.length;
}

function playAgain({ calls }: Replay): object {
  const strikes = calls.map(({ endpoint, n, fault, delayMs }) => ({ endpoint, n, fault, delayMs }));
  return { strikes };
}

async function listStruck({ control }: Scene): Promise<StruckCall[]> {
  const all: StruckCall[] = [];
  for (;;) {
    const path = `/strikes?after=${all.at(-1)?.seq ?? 0}&limit=5000`;
    const page = (await control('GET', path)) as { strikes: StruckCall[]; hasMore: boolean };
    all.push(...page.strikes);
    if (!page.hasMore) return all;
  }
}

function sourcesOf({ settings, state, startedAt }: Place) {
  const { ports, namespace } = settings;
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  return {
    api: at(ports.api),
    apiKey: process.env.ADMIN_API_KEY || state.secret('admin-key', 'pe_admin_'),
    sandbox: at(ports.sandbox),
    temporalUi: at(ports.temporalUi),
    namespace,
    apiLog: state.logFile('API'),
    since: startedAt,
  };
}
