import { fileURLToPath } from 'node:url';

import { type Engine, startEngine } from '../engine.ts';
import { empty, ownSettings } from '../fresh.ts';
import { requireFreePorts } from '../ports.ts';
import { type Fleet, openFleet } from '../processes/fleet.ts';
import { type Say, say, Stopped } from '../say.ts';
import { wantedPorts } from '../settings.ts';
import { openState } from '../state.ts';
import { closeTheBooks } from './books.ts';
import { farewell } from './farewell.ts';
import { readOptions } from './options.ts';
import { openStage, type Stage } from './stage.ts';
import { story } from './story.ts';

/** `npm run demo`: an engine of its own, empty at each run, and a story told through its API. */
const root = fileURLToPath(new URL('../..', import.meta.url));
let fleet: Fleet | undefined;
let ending: Promise<void> | undefined;

/** What the parts write is in their logs; what the launcher says of them belongs to the story. */
const tell: Say = (line) => {
  if (!line.includes(' | ')) say(`  ${line}`);
};

async function run(): Promise<void> {
  const startedAt = Date.now();
  const { once, webhooks } = readOptions(process.argv.slice(2));
  // What Stripe does not tell is known by asking: in the story every second, else every minute.
  if (!webhooks) process.env.SWEEP_SECONDS ||= '1';
  const settings = ownSettings();
  const state = openState('demo');
  fleet = await openFleet(state.file('processes.json'), say, 'npm run demo');
  await requireFreePorts(wantedPorts(settings), 'npm run demo');
  empty(state);
  say('The demo: a platform pays its sellers, through the public API alone. Times are UTC.\n');
  const engine = await startEngine({ yard: { fleet, tell, root }, settings, state });
  const stage = openStage(settings, state, say, startedAt);
  if (!webhooks) await stage.sandbox('PUT', '/webhooks', { mode: 'off' });
  await Promise.race([play(stage), lost(engine)]);
  if (!webhooks) await tellSilence(stage);
  say(`\nThe demo took ${Math.round((Date.now() - startedAt) / 1000)} s, and the books agree.`);
  if (once) return;
  say(farewell(settings, state, stage.people));
  await lost(engine);
}

async function play(stage: Stage): Promise<void> {
  for (const chapter of story) await chapter(stage);
  const differing = await closeTheBooks(stage);
  if (differing > 0) throw new Stopped(`The books differ in ${differing} places.`);
}

/** That Stripe said nothing is read from its own lists: what happened, and what it told of it. */
async function tellSilence({ sandbox, text }: Stage): Promise<void> {
  const { events } = (await sandbox('GET', '/events')) as { events: unknown[] };
  const { deliveries } = (await sandbox('GET', '/deliveries')) as { deliveries: unknown[] };
  text([
    '',
    `Webhooks were off: of ${events.length} events at Stripe it told ${deliveries.length}.`,
  ]);
}

async function lost(engine: Engine): Promise<never> {
  throw new Stopped(await engine.lost);
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
