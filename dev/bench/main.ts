import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { type Say, say, Stopped } from '../say.ts';
import { openState } from '../state.ts';
import { type Machine, openSite, type Site, startMachine } from './machine.ts';
import { expectedMinutes, type Options, readOptions } from './options.ts';
import { loadAverage, type Phase, type Plan, runPhase } from './phase.ts';
import { toText } from './report.ts';
import { fundPlatform, onboard } from './sellers.ts';
import type { Report } from './targets.ts';
import { measureAlone } from './webhooks/load.ts';
import { measureWholeLife } from './whole-life.ts';

/**
 * `npm run bench -- payday`: starts an engine of its own on this machine, loads it and measures it.
 */
let site: Site | undefined;
let ending: Promise<void> | undefined;

/** Warnings of the parts. Only their number is shown, because an overload causes hundreds. */
const trouble: string[] = [];
const tell: Say = (line) => void (line.includes(' | ') ? trouble.push(line) : say(line));

/** So high that only the machine limits the pace. */
const noLimits = {
  STRIPE_REQUESTS_PER_SECOND: '100000',
  STRIPE_ENDPOINT_PER_SECOND: '100000',
  STRIPE_PAYOUTS_PER_SECOND: '100000',
  STRIPE_PAYOUTS_AT_ONCE: '40',
};

async function run(options: Options): Promise<Report> {
  const { sellers: count, seconds } = options;
  const at = new Date().toISOString();
  const loadAverageBefore = loadAverage();
  site = await openSite(tell, options);
  const machine = await startMachine(site);
  try {
    await fundPlatform(machine);
    say('Measuring a payout from order to the end of its watch');
    const wholeLife = await measureWholeLife(machine, await onboard(machine, 3));
    say(`Onboarding ${count} sellers`);
    const startedAt = performance.now();
    const sellers = await onboard(machine, count);
    const onboarding = { sellers: count, seconds: (performance.now() - startedAt) / 1000 };
    const loads = await runPhases(machine, sellers, options);
    return { at, sellers: count, seconds, loadAverageBefore, onboarding, wholeLife, ...loads };
  } finally {
    await machine.stop();
  }
}

async function runPhases(machine: Machine, sellers: readonly string[], options: Options) {
  const { rates, seconds, webhooks: webhooksPerSecond } = options;
  const phases: Phase[] = [];
  const runNext = async (plan: Plan, paid: readonly string[]): Promise<void> => {
    say(`${plan.name}: ${paid.length} payouts`);
    phases.push(await runPhase(machine, paid, plan));
  };
  for (const perSecond of rates) {
    const paid = enough(sellers, perSecond * seconds);
    await runNext({ name: `${perSecond}/s offered`, perSecond, hasLimits: true }, paid);
  }
  say(`${webhooksPerSecond} webhooks/s alone`);
  const load = { perSecond: webhooksPerSecond, seconds: Math.min(seconds, 20) };
  const webhooksAlone = await measureAlone(machine, load);
  const name = `15/s, ${webhooksPerSecond} webhooks/s`;
  const both = { name, perSecond: 15, hasLimits: true, webhooksPerSecond };
  await runNext(both, enough(sellers, 15 * seconds));
  await runNext({ name: 'all at once', hasLimits: true }, sellers);
  await machine.control('PUT', '/limits', { mode: 'off' });
  await machine.restartWorker(noLimits);
  const free = { name: 'no limits, 25/s', perSecond: 25, hasLimits: false };
  await runNext(free, enough(sellers, 25 * seconds));
  await runNext({ name: 'no limits, at once', hasLimits: false }, sellers);
  say('A bare workflow');
  const { figures } = await machine.run('dev/bench/bare/main.ts', {
    BENCH_SECONDS: String(Math.min(seconds, 20)),
    BENCH_TEMPORAL_PID: String(machine.pids().Temporal),
  });
  return { phases, webhooksAlone, bare: figures as Report['bare'] };
}

/** Chooses one seller per payout. A load that needs more sellers than there are is shortened. */
function enough(sellers: readonly string[], payouts: number): readonly string[] {
  return sellers.slice(0, payouts);
}

function write(report: Report, json: string): void {
  const file = resolve(openState().folder, json);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
  say(`\nThe measurements are in ${file}`);
}

async function clearAndExit(code: number): Promise<void> {
  await site?.clear();
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void (ending ??= clearAndExit(130)));
}
try {
  const options = readOptions(process.argv.slice(2));
  say(`This takes about ${expectedMinutes(options)} minutes on two otherwise idle cores.\n`);
  const report = await run(options);
  say(`\n${toText(report)}`);
  if (trouble.length > 0) say(`${trouble.length} warnings, the first: ${trouble[0]}`);
  if (options.json !== undefined) write(report, options.json);
  ending ??= clearAndExit(0);
} catch (error) {
  if (ending === undefined) say(error instanceof Stopped ? error.message : String(error));
  ending ??= clearAndExit(1);
}
await ending;
