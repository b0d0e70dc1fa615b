import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { closeSync, createWriteStream, existsSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { Stopped } from '../say.ts';

/** A process to run: its command, where its output goes and, for Postgres under root, its user. */
export type Launch = {
  name: string;
  command: string;
  args: readonly string[];
  logFile: string;
  env?: Record<string, string>;
  cwd?: string;
  owner?: { uid: number; gid: number };
  /**
   * Receives the output line by line. Without this function, the output goes directly to the log.
   */
  onLine?: (line: string) => void;
};

/** A running child process. */
export type Child = {
  name: string;
  pid: number;
  logFile: string;
  /** Resolves with a text about how the process ended. Never rejects. */
  ended: Promise<string>;
  hasEnded(): boolean;
  kill(signal: NodeJS.Signals): void;
};

/**
 * Starts a process in a group of its own, so that Ctrl-C reaches only the launcher, which stops the
 * parts in order.
 */
export function launch(plan: Launch): Child {
  const log = openSync(plan.logFile, 'a', 0o600);
  const output: StdioOptions = plan.onLine ? ['ignore', 'pipe', 'pipe'] : ['ignore', log, log];
  const running = spawn(plan.command, plan.args, {
    detached: true,
    stdio: output,
    ...(plan.env && { env: plan.env }),
    ...(plan.cwd && { cwd: plan.cwd }),
    ...plan.owner,
  });
  if (plan.onLine) followLines(running, plan.logFile, plan.onLine);
  closeSync(log);
  let ending: string | undefined;
  const ended = new Promise<string>((resolve) => {
    running.once('error', (error) => resolve(`could not start: ${error.message}`));
    // `close` instead of `exit`: at `exit`, the last output may not have arrived yet.
    running.once('close', (code, signal) => resolve(signal ?? `exit ${code}`));
  }).then((words) => (ending = words));
  return {
    name: plan.name,
    pid: running.pid ?? 0,
    logFile: plan.logFile,
    ended,
    hasEnded: () => ending !== undefined,
    kill: (signal) => void running.kill(signal),
  };
}

/** Asks a process to end and waits. After the limit, kills it. */
export async function stop(child: Child, signal: NodeJS.Signals, limitMs: number): Promise<void> {
  if (child.hasEnded()) return;
  child.kill(signal);
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  await child.ended;
  clearTimeout(limit);
}

/** Waits until `isReady` returns true. Throws if the process ends first or the limit passes. */
export async function waitUntilReady(
  child: Child,
  isReady: () => Promise<boolean>,
  limitMs: number,
): Promise<void> {
  const startedAt = Date.now();
  while (!(await isReady())) {
    if (child.hasEnded()) throw new Stopped(await describeEnd(child));
    if (Date.now() - startedAt > limitMs) {
      throw new Stopped(
        `${child.name} was not ready within ${limitMs / 1000} s.${lastLines(child)}`,
      );
    }
    await Promise.race([pause(50), child.ended]);
  }
}

/** Describes how a process ended, with its last lines of output. */
export async function describeEnd(child: Child): Promise<string> {
  return `${child.name} ended (${await child.ended}).${lastLines(child)}`;
}

/** Waits for this many milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function lastLines({ logFile }: Child): string {
  if (!existsSync(logFile)) return ` ${logFile} is gone.`;
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-12);
  return ` The end of ${logFile}:\n${lines.map((line) => `    ${line}`).join('\n')}`;
}

function followLines(running: ChildProcess, logFile: string, onLine: (line: string) => void): void {
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  let open = 2;
  for (const stream of [running.stdout, running.stderr]) {
    if (stream === null) continue;
    const lines = createInterface({ input: stream });
    lines.on('line', (line) => {
      log.write(`${line}\n`);
      onLine(line);
    });
    lines.once('close', () => {
      open -= 1;
      if (open === 0) log.end();
    });
  }
}
