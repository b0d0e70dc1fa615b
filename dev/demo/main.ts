import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startEngine, type Engine } from '../engine.ts';
import { openFleet, type Fleet } from '../fleet.ts';
import { requireFreePorts } from '../ports.ts';
import { describeEnd } from '../processes.ts';
import { Stopped, say, type Say } from '../say.ts';
import { readSettings, wantedPorts, type Settings } from '../settings.ts';
import { openState, type State } from '../state.ts';
import { closeTheBooks } from './books.ts';
import { farewell } from './farewell.ts';
import { openStage } from './stage.ts';
import { story } from './story.ts';

/** `npm run demo`: an engine of its own, empty at each run, and a story told through its API. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const once = process.argv.includes('--once');
let fleet: Fleet | undefined;
let ending: Promise<void> | undefined;

/** What the parts write is in their logs; what the launcher says of them belongs to the story. */
const tell: Say = (line) => {
  if (!line.includes(' | ')) say(`  ${line}`);
};

async function run(): Promise<void> {
  const startedAt = Date.now();
  const settings = ownSettings();
  const state = openState('demo');
  fleet = await openFleet(state.file('processes.json'), say);
  await requireFreePorts(wantedPorts(settings));
  empty(state);
  say('The demo: a platform pays its sellers, through the public API alone\n');
  const engine = await startEngine({ yard: { fleet, tell, root }, settings, state });
  const differing = await Promise.race([play(settings, state, startedAt), lost(engine)]);
  if (differing > 0) throw new Stopped(`${differing} differences.`);
  say(farewell(settings, once));
  if (!once) await lost(engine);
}

async function play(settings: Settings, state: State, startedAt: number): Promise<number> {
  const stage = openStage(settings, state, say, startedAt);
  for (const chapter of story) await chapter(stage);
  return closeTheBooks(stage);
}

async function lost({ vital }: Engine): Promise<never> {
  const child = await Promise.race(vital.map((one) => one.ended.then(() => one)));
  throw new Stopped(await describeEnd(child));
}

/** Only the sandbox, only servers of its own: no variable leads the demo to real money. */
function ownSettings(): Settings {
  for (const name of Object.keys(process.env)) {
    if (/^(DATABASE_URL|ALLOW_LIVE|STRIPE_|TEMPORAL_(ADDRESS|NAMESPACE|API_KEY|TLS))/.test(name)) {
      delete process.env[name];
    }
  }
  return readSettings();
}

/** Removes what an earlier demo left; the secrets stay, and who runs here. */
function empty(state: State): void {
  const place = state.secret('postgres-place');
  const kept = ['processes.json', 'postgres-place', 'admin-key', 'webhook-secret', 'logs'];
  for (const name of readdirSync(state.folder)) {
    if (!kept.includes(name)) rmSync(state.file(name), { recursive: true, force: true });
  }
  const fallback = join('/var/lib/payout-engine', place, 'data');
  rmSync(fallback, { recursive: true, force: true });
}

async function stopAndExit(code: number): Promise<void> {
  await fleet?.stopAll();
  if (fleet) say('Stopped.');
  process.exit(code);
}

function onSignal(): void {
  if (ending === undefined) say('\nStopping');
  ending ??= stopAndExit(0);
}

process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
try {
  await run();
  ending ??= stopAndExit(0);
} catch (error) {
  if (ending === undefined) say(error instanceof Error ? error.message : String(error));
  ending ??= stopAndExit(1);
}
await ending;
