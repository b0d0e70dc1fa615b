import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort } from '../../dev/ports.ts';
import { isRunning, type ProcessIdentity } from '../../dev/processes/identity.ts';

/** A state folder and ports of a test's own, as the variables the launcher reads. */
export type Place = { folder: string; env: Record<string, string> };

/** One run of the launcher, as seen by the person who typed `npm start`. */
export type Launched = {
  pid: number;
  output: () => string;
  /** Resolves once this stands in the output; rejects if the launcher ends first. */
  said: (words: string) => Promise<void>;
  /** Resolves with the exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
  kill: (signal: NodeJS.Signals) => void;
};

/** Chooses a place where nothing runs yet. */
export async function choosePlace(): Promise<Place> {
  const names = ['API', 'TEMPORAL', 'TEMPORAL_UI', 'POSTGRES', 'SANDBOX'];
  const ports = await Promise.all(names.map(freePort));
  const folder = mkdtempSync(join(tmpdir(), 'payout-engine-launcher-'));
  const env: Record<string, string> = { PAYOUT_ENGINE_STATE: folder };
  for (const [index, name] of names.entries()) env[`${name}_PORT`] = String(ports[index]);
  return { folder, env };
}

/** Removes what a test left behind, processes first. */
export function clear({ folder }: Place): void {
  for (const part of partsIn(folder)) if (isRunning(part)) process.kill(part.pid, 'SIGKILL');
  const secret = join(folder, 'postgres-place');
  if (existsSync(secret)) {
    const fallback = join('/var/lib/payout-engine', readFileSync(secret, 'utf8').trim());
    rmSync(fallback, { recursive: true, force: true });
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Starts the launcher; `more` overrides the variables of the place. */
export function launch(place: Place, more: Record<string, string> = {}): Launched {
  return run(place, ['start.ts'], more);
}

/** Runs a program of `dev/` with its arguments. */
export function run(
  { env }: Place,
  [name = '', ...args]: string[],
  more: Record<string, string> = {},
): Launched {
  const script = fileURLToPath(new URL(`../../dev/${name}`, import.meta.url));
  const running = spawn(process.execPath, [script, ...args], {
    env: { ...withoutOurs(), ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [running.stdout, running.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return {
    pid: running.pid ?? 0,
    output: () => output,
    said: (words) => saidBy(running, words, () => output),
    ended: new Promise((resolve) => {
      running.once('close', (code, signal) => resolve(code ?? signal));
    }),
    kill: (signal) => void running.kill(signal),
  };
}

/** The processes that the launcher wrote down, by name. */
export function partsIn(folder: string): (ProcessIdentity & { name: string })[] {
  try {
    const written = readFileSync(join(folder, 'processes.json'), 'utf8');
    return (JSON.parse(written) as { parts: (ProcessIdentity & { name: string })[] }).parts;
  } catch {
    return [];
  }
}

function saidBy(running: ChildProcess, words: string, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (output().includes(words)) resolve();
    };
    running.stdout?.on('data', look);
    running.once('close', () => reject(new Error(`ended without "${words}":\n${output()}`)));
    look();
  });
}

/** This process's variables, but none that would point the launcher elsewhere. */
function withoutOurs(): NodeJS.ProcessEnv {
  const ours =
    /^(DATABASE_URL|ADMIN_API_KEY|ALLOW_LIVE|(TEMPORAL|STRIPE|WEBHOOK|API|SANDBOX|POSTGRES)_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
