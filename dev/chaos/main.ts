import { fileURLToPath } from 'node:url';

import { type Engine, startEngine } from '../engine.ts';
import { empty, ownSettings } from '../fresh.ts';
import { requireFreePorts } from '../ports.ts';
import { type Fleet, openFleet } from '../processes/fleet.ts';
import { runPart } from '../processes/parts.ts';
import { type Say, say, Stopped } from '../say.ts';
import { type Settings, wantedPorts } from '../settings.ts';
import { openState, type State } from '../state.ts';
import { type Options, readOptions } from './options.ts';
import { findingsText, replayText, toText } from './report.ts';
import { play } from './run.ts';
import { openScene } from './scene.ts';
import { openLog, readReplay } from './strikes/log.ts';

/** `npm run chaos`: starts an engine of its own, strikes it in every way, and audits the result. */
const root = fileURLToPath(new URL('../..', import.meta.url));
let fleet: Fleet | undefined;
let ending: Promise<void> | undefined;
let clear = (): void => {};

/** Suppresses the reports of lost connections, because the parts' logs have them. */
const quiet: Say = (line) => {
  if (/^(Waiting|Stopping|Postgres keeps)/.test(line)) say(`  ${line}`);
};

/** Short intervals, because the clock moves by days and webhooks get lost. */
const jobSeconds = {
  RELAY_SECONDS: '5',
  SWEEP_SECONDS: '10',
  REVIVE_SECONDS: '10',
  ACCOUNTS_SECONDS: '20',
  RECONCILIATION_SECONDS: '20',
};

async function run(options: Options): Promise<boolean> {
  const startedAt = Date.now();
  const replay = options.plan === undefined ? undefined : readReplay(options.plan);
  const { seed, payouts } = replay ?? options;
  const settings = ownSettings();
  Object.assign(process.env, jobSeconds);
  const state = openState('chaos');
  fleet = await openFleet(state.file('processes.json'), say, 'npm run chaos');
  await requireFreePorts(wantedPorts(settings), 'npm run chaos');
  empty(state);
  if (!options.keep) clear = () => empty(state);
  const name = `chaos-${seed}-${payouts}${replay ? '-again' : ''}`;
  const log = openLog(state.file(`logs/${name}.jsonl`));
  log.write({ line: 'run', seed, payouts, at: new Date(startedAt).toISOString() });
  say(`Chaos: ${payouts} payouts with seed ${seed}. Every strike is recorded in`);
  say(`${log.file}\n`);
  const engine = await start(settings, state);
  const scene = openScene({ seed, payouts, engine, log, say }, settings, state);
  const outcome = await Promise.race([
    play(scene, { settings, state, replay, startedAt }),
    lost(engine),
  ]);
  say(`\n${toText(scene, outcome)}\n`);
  if (replay) say(`${replayText(replay, outcome)}\n`);
  say(findingsText(outcome.findings));
  return outcome.findings.length === 0;
}

/** Builds one workflow bundle for all starts of the worker, because the worker starts often. */
async function start(settings: Settings, state: State): Promise<Engine> {
  if (!fleet) throw new Stopped('Stopping.');
  const yard = { fleet, tell: quiet, root, restartMs: 500 };
  const bundle = state.file('workflows.js');
  const env = Object.fromEntries(
    Object.entries(process.env).map(([name, value]) => [name, value ?? '']),
  );
  await runPart(yard, {
    name: 'bundle',
    script: 'workers/bundle.ts',
    args: [bundle],
    env,
    logFile: state.logFile('bundle'),
  });
  process.env.WORKFLOW_BUNDLE = bundle;
  return startEngine({ yard, settings, state });
}

async function lost(engine: Engine): Promise<never> {
  throw new Stopped(await engine.lost);
}

async function stopAndExit(code: number): Promise<void> {
  await fleet?.stopAll();
  clear();
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void (ending ??= stopAndExit(130)));
}
try {
  const isClean = await run(readOptions(process.argv.slice(2)));
  ending ??= stopAndExit(isClean ? 0 : 1);
} catch (error) {
  if (ending === undefined) say(error instanceof Error ? error.message : String(error));
  ending ??= stopAndExit(1);
}
await ending;
