import { join } from 'node:path';

import { type Say, saying, Stopped } from '../say.ts';
import type { Fleet } from './fleet.ts';
import { type Child, describeEnd, pause, waitUntilReady } from './launch.ts';
import { troubleLine } from './trouble.ts';

/** A program of the engine. The launcher runs it with its own Node. */
export type Part = {
  name: string;
  /** The path from the top of the checkout. */
  script: string;
  args?: readonly string[];
  env: Record<string, string>;
  logFile: string;
};

/** What is needed to start parts and to report about them. */
export type Yard = {
  fleet: Fleet;
  tell: Say;
  root: string;
  /** The pause before a part is restarted. Without a value, the pause grows with each restart. */
  restartMs?: number;
};

/** Runs a part until it ends. Throws if its exit code is not 0. */
export async function runPart(yard: Yard, part: Part): Promise<void> {
  const child = startChild(yard, part, 'ready');
  await saying(yard.tell, `Waiting for the ${part.name}`, child.ended);
  if ((await child.ended) !== 'exit 0') throw new Stopped(await describeEnd(child));
}

/** Does the same for a part whose output is for the person at the terminal. */
export async function showPart(yard: Yard, part: Part): Promise<void> {
  const child = launchPart(yard, part, (line) => yard.tell(line === '' ? '' : `  ${line}`));
  const words = await child.ended;
  if (words !== 'exit 0') throw new Stopped(`${part.name} ended (${words}); see the reason above.`);
}

/**
 * Starts a part that keeps running. Returns once the part has printed the JSON line with this key.
 */
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

/** Starts a part that keeps running, and restarts it whenever it ends. */
export async function keepPart(yard: Yard, part: Part, readyKey: string): Promise<void> {
  const { child } = await startPart(yard, part, readyKey);
  void keepUp(yard, part, readyKey, child);
}

/** Restarts after one second at first. The pause doubles up to half a minute. */
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

/**
 * Until a part is ready, its output goes only to the log. The end of the log is shown if the part
 * fails.
 */
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

/**
 * True for warnings and for lines that are not JSON: people see them. Other lines go only to the
 * log.
 */
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
