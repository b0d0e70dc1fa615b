import { join } from 'node:path';

import { type Say, saying, Stopped } from '../say.ts';
import type { Fleet } from './fleet.ts';
import { type Child, describeEnd, pause, waitUntilReady } from './launch.ts';
import { troubleLine } from './trouble.ts';

/** One of the engine's own programs, run by the same Node as the launcher. */
export type Part = {
  name: string;
  /** Seen from the top of the checkout. */
  script: string;
  args?: readonly string[];
  env: Record<string, string>;
  logFile: string;
};

/** What starts parts and hears of them. */
export type Yard = {
  fleet: Fleet;
  tell: Say;
  root: string;
  /** The pause before a part that ended is started again; by default one that grows. */
  restartMs?: number;
};

/** Runs a part that does its work and ends; an end other than 0 is an error. */
export async function runPart(yard: Yard, part: Part): Promise<void> {
  const child = startChild(yard, part, 'ready');
  await saying(yard.tell, `Waiting for the ${part.name}`, child.ended);
  if ((await child.ended) !== 'exit 0') throw new Stopped(await describeEnd(child));
}

/** The same with a part whose words are for the person at the terminal. */
export async function showPart(yard: Yard, part: Part): Promise<void> {
  const child = launchPart(yard, part, (line) => yard.tell(line === '' ? '' : `  ${line}`));
  const words = await child.ended;
  if (words !== 'exit 0') throw new Stopped(`${part.name} ended (${words}); why stands above.`);
}

/** Starts a part that stays; answers once it has printed the JSON line with this key. */
export async function startPart(
  yard: Yard,
  part: Part,
  readyKey: string,
  limitMs = 120_000,
): Promise<{ child: Child; said: Record<string, unknown> }> {
  let said: Record<string, unknown> | undefined;
  const child = startChild(yard, part, readyKey, (words) => (said = words));
  const ready = waitUntilReady(child, async () => said !== undefined, limitMs);
  await saying(yard.tell, `Waiting for the ${part.name}`, ready);
  return { child, said: said ?? {} };
}

/** Starts a part that stays, and starts it again whenever it ends. */
export async function keepPart(yard: Yard, part: Part, readyKey: string): Promise<void> {
  const { child } = await startPart(yard, part, readyKey);
  void keepUp(yard, part, readyKey, child);
}

/** Starts again after a second, later after ever longer ones, half a minute at most. */
async function keepUp(yard: Yard, part: Part, readyKey: string, first: Child): Promise<void> {
  let child = first;
  let startedAt = Date.now();
  let pauseMs = 1000;
  for (;;) {
    const words = await child.ended;
    if (yard.fleet.isStopping()) return;
    pauseMs = Date.now() - startedAt > 60_000 ? 1000 : Math.min(pauseMs * 2, 30_000);
    if (yard.restartMs !== undefined) pauseMs = yard.restartMs;
    yard.tell(`The ${part.name} ended (${words}); starting it again in ${pauseMs / 1000} s.`);
    yard.tell(`  Its log: ${part.logFile}`);
    await pause(pauseMs);
    if (yard.fleet.isStopping()) return;
    startedAt = Date.now();
    child = startChild(yard, part, readyKey, () => yard.tell(`The ${part.name} is back.`));
  }
}

/** Until a part is ready its words are for the log alone, whose end is shown if it fails. */
function startChild(
  yard: Yard,
  part: Part,
  readyKey: string,
  onReady: (words: Record<string, unknown>) => void = () => {},
): Child {
  let isReady = false;
  return launchPart(yard, part, (line) => {
    const words = isReady ? undefined : jsonWith(readyKey, line);
    if (words !== undefined) onReady(words);
    else if (isReady && isTrouble(line)) {
      yard.tell(troubleLine(part.name, line));
    }
    isReady ||= words !== undefined;
  });
}

function launchPart(yard: Yard, part: Part, onLine: (line: string) => void): Child {
  return yard.fleet.start({
    name: part.name,
    command: process.execPath,
    args: [join(yard.root, part.script), ...(part.args ?? [])],
    env: part.env,
    cwd: yard.root,
    logFile: part.logFile,
    onLine,
  });
}

/** Ordinary lines of a JSON log are for its file; warnings, and what is no log line, for people. */
function isTrouble(line: string): boolean {
  const level = jsonWith('level', line)?.level;
  return line.trim() !== '' && level !== 'debug' && level !== 'info';
}

function jsonWith(key: string, line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    return key in value ? value : undefined;
  } catch {
    return undefined;
  }
}
