import { fileURLToPath } from 'node:url';

import { findAdminKey } from './admin-key.ts';
import { startEngine } from './engine.ts';
import { requireFreePorts } from './ports.ts';
import { type Fleet, openFleet } from './processes/fleet.ts';
import { say, Stopped } from './say.ts';
import { readSettings, wantedPorts } from './settings.ts';
import { openState, removeEnvironment, type State, writeEnvironment } from './state.ts';
import { summary } from './summary.ts';

/** `npm start`: runs everything that the engine needs on this machine, until Ctrl-C. */
const root = fileURLToPath(new URL('..', import.meta.url));
let fleet: Fleet | undefined;
let ending: Promise<void> | undefined;
let state: State | undefined;

async function stopAndExit(code: number): Promise<void> {
  if (fleet && state) removeEnvironment(state);
  await fleet?.stopAll();
  if (fleet) say('Stopped.');
  process.exit(code);
}

function onSignal(): void {
  if (ending === undefined) say('\nStopping');
  ending ??= stopAndExit(0);
}

async function run(): Promise<void> {
  const settings = readSettings();
  state = openState();
  fleet = await openFleet(state.file('processes.json'), say);
  removeEnvironment(state);
  await requireFreePorts(wantedPorts(settings));
  const engine = await startEngine({ yard: { fleet, tell: say, root }, settings, state });
  writeEnvironment(state, engine.env);
  const key = await findAdminKey(engine.env, settings, state);
  say(summary(engine, settings, state, key));
  throw new Stopped(await engine.lost);
}

process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
try {
  await run();
} catch (error) {
  if (ending === undefined) say(error instanceof Stopped ? error.message : String(error));
  ending ??= stopAndExit(1);
}
await ending;
