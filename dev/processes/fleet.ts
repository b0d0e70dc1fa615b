import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { type Say, saying, Stopped } from '../say.ts';
import { identityOf, isRunning, type ProcessIdentity } from './identity.ts';
import { type Child, type Launch, launch, pause, stop } from './launch.ts';

/**
 * The processes of one launcher. They are recorded, so that the next launcher finds those that a
 * kill left.
 */
export type Fleet = {
  start: (plan: Launch) => Child;
  isStopping: () => boolean;
  /** Stops all parts in order: API, worker, sandbox, Temporal, Postgres. */
  stopAll: () => Promise<void>;
};

type Part = ProcessIdentity & { name: string };
type Written = { launcher?: ProcessIdentity | undefined; parts: Part[] };
type Manner = { signal: NodeJS.Signals; limitMs: number };

/** In the order of stopping. Temporary parts, which are not listed here, are stopped first. */
const manners: Record<string, Manner> = {
  API: { signal: 'SIGTERM', limitMs: 10_000 },
  worker: { signal: 'SIGTERM', limitMs: 30_000 },
  sandbox: { signal: 'SIGTERM', limitMs: 10_000 },
  Temporal: { signal: 'SIGTERM', limitMs: 15_000 },
  Postgres: { signal: 'SIGINT', limitMs: 60_000 },
};
const passing: Manner = { signal: 'SIGTERM', limitMs: 5000 };

/**
 * Takes the state folder. Refuses while another launcher runs, and stops the parts that a killed
 * launcher left.
 */
export async function openFleet(file: string, tell: Say, command = 'npm start'): Promise<Fleet> {
  const before = readWritten(file);
  if (before.launcher && isRunning(before.launcher)) {
    throw new Stopped(
      `It runs already, from this folder, as process ${before.launcher.pid}. Stop that process ` +
        'with Ctrl-C, or choose another folder and ports: ' +
        `PAYOUT_ENGINE_STATE=<folder> API_PORT=... ${command}`,
    );
  }
  await stopLeftovers(before.parts, tell);
  const children: Child[] = [];
  let parts: Part[] = [];
  let isStopping = false;
  const write = (): void => {
    parts = parts.filter(isRunning);
    writeWritten(file, { launcher: identityOf(process.pid), parts });
  };
  write();
  return {
    start(plan) {
      if (isStopping) throw new Stopped('Stopping.');
      const child = launch(plan);
      children.push(child);
      const identity = identityOf(child.pid);
      if (identity) parts.push({ name: plan.name, ...identity });
      write();
      return child;
    },
    isStopping: () => isStopping,
    async stopAll() {
      isStopping = true;
      for (const child of children.toSorted(byOrder)) {
        if (child.hasEnded()) continue;
        const { signal, limitMs } = manners[child.name] ?? passing;
        await saying(tell, `Stopping ${child.name}`, stop(child, signal, limitMs));
      }
      writeWritten(file, { parts: [] });
    },
  };
}

/** Kills a part as a crash would. Returns its process id, or undefined if the part does not run. */
export function findAndKill(file: string, name: string): number | undefined {
  const part = readWritten(file).parts.findLast((one) => one.name === name && isRunning(one));
  if (part) process.kill(part.pid, 'SIGKILL');
  return part?.pid;
}

function byOrder(left: { name: string }, right: { name: string }): number {
  const order = Object.keys(manners);
  return order.indexOf(left.name) - order.indexOf(right.name);
}

async function stopLeftovers(parts: readonly Part[], tell: Say): Promise<void> {
  const left = parts.filter(isRunning).toSorted(byOrder);
  if (left.length === 0) return;
  const names = left.map(nameOf).join(', ');
  tell(`An earlier start was cut short; stopping the processes it left: ${names}.`);
  for (const part of left) await saying(tell, `Stopping ${part.name}`, stopLeftover(part));
}

async function stopLeftover(part: Part): Promise<void> {
  const { signal, limitMs } = manners[part.name] ?? passing;
  process.kill(part.pid, signal);
  if (await hasEndedWithin(part, limitMs)) return;
  if (part.name === 'Postgres') {
    throw new Stopped(`The earlier Postgres (process ${part.pid}) does not stop; end it first.`);
  }
  process.kill(part.pid, 'SIGKILL');
  await hasEndedWithin(part, 5000);
}

async function hasEndedWithin(part: Part, limitMs: number): Promise<boolean> {
  for (let waited = 0; isRunning(part); waited += 50) {
    if (waited > limitMs) return false;
    await pause(50);
  }
  return true;
}

function nameOf(part: Part): string {
  return part.name;
}

function readWritten(file: string): Written {
  if (!existsSync(file)) return { parts: [] };
  return JSON.parse(readFileSync(file, 'utf8')) as Written;
}

function writeWritten(file: string, written: Written): void {
  if (!existsSync(dirname(file))) return; // removed meanwhile: nobody will look there
  writeFileSync(`${file}.new`, JSON.stringify(written, undefined, 2));
  renameSync(`${file}.new`, file);
}
