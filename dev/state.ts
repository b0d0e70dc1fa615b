import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { Stopped } from './say.ts';

/** The folder that holds everything that the engine keeps on this machine. */
export type State = {
  folder: string;
  /**
   * The folders that are private, outermost first. The user that runs Postgres passes through them.
   */
  privateFolders: readonly string[];
  file(name: string): string;
  logFile(part: string): string;
  /** Returns a secret, which is created once in a file that only its owner can read. */
  secret(name: string, prefix?: string): string;
};

/** Opens the state folder, or a folder inside it. Creates it at the first start. */
export function openState(inside = ''): State {
  const outer = resolve(process.env.PAYOUT_ENGINE_STATE || '.payout-engine');
  const folder = join(outer, inside);
  const privateFolders = [...new Set([outer, folder])].filter(makePrivate);
  process.umask(0o077); // for whatever a part makes in it
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const file = (name: string): string => join(folder, name);
  return {
    folder,
    privateFolders,
    file,
    logFile: (part) => trimmed(join(folder, 'logs', `${part}.log`)),
    secret: (name, prefix = '') => keptSecret(file(name), prefix),
  };
}

/** A folder that holds files of somebody else keeps its permissions. */
function isOurs(names: readonly string[]): boolean {
  const made = ['logs', 'demo', 'chaos'];
  return names.includes('processes.json') || names.every((name) => made.includes(name));
}

/** Creates a missing folder that only its owner can use. Returns true if the folder is private. */
function makePrivate(folder: string): boolean {
  try {
    make(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
    if (!isOurs(readdirSync(folder))) return false;
    // Keeps the permission that lets Postgres pass through if it runs as another user.
    if ((statSync(folder).mode & 0o777) !== 0o710) chmodSync(folder, 0o700);
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Stopped(
      `${folder} cannot be the state folder (${why}). Choose another: PAYOUT_ENGINE_STATE=<folder>`,
    );
  }
}

/**
 * Creates one level at a time: for a whole path, Node never returns if no folder can be created.
 */
function make(folder: string): void {
  if (existsSync(folder)) return;
  make(dirname(folder));
  mkdirSync(folder);
}

/** Resolves with an explanation once somebody has removed the state folder. */
export async function removed(state: State): Promise<string> {
  return new Promise((resolve) => {
    const look = setInterval(() => {
      const words = whyGone(state);
      if (words === undefined) return;
      clearInterval(look);
      resolve(words);
    }, 1000).unref();
  });
}

/**
 * Explains why nothing can continue after the state folder was removed. Undefined while it exists.
 */
export function whyGone(state: State): string | undefined {
  if (existsSync(state.file('processes.json'))) return undefined;
  return (
    `${state.folder} was removed while it was in use, together with the databases. The engine ` +
    'stops. The next start begins with empty databases.'
  );
}

/** `npm run setup` in package.json reads this file. */
const environmentFile = 'engine.env';

/** Variables that the launcher chose itself and that a second terminal needs. */
const chosen = [
  'DATABASE_URL',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  'STRIPE_SECRET_KEY',
  'STRIPE_API_BASE',
  'STRIPE_WEBHOOK_SECRETS',
];

/**
 * Stores the variables that a second terminal does not have. Never stores a key of Stripe itself.
 */
export function writeEnvironment(state: State, env: Record<string, string>): void {
  const lines = chosen
    .filter((name) => env[name] && env[name] !== process.env[name])
    .map((name) => `${name}=${env[name]}\n`);
  writeFileSync(state.file(environmentFile), lines.join(''), { mode: 0o600 });
}

/** Removes the file, because the parts that it names no longer run. */
export function removeEnvironment(state: State): void {
  rmSync(state.file(environmentFile), { force: true });
}

function keptSecret(file: string, prefix: string): string {
  if (!existsSync(file)) {
    const secret = `${prefix}${randomBytes(24).toString('base64url')}`;
    writeFileSync(`${file}.new`, `${secret}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, 'utf8').trim();
}

/** Renames a long log. Two logs are kept. */
function trimmed(file: string): string {
  if (existsSync(file) && statSync(file).size > 20_000_000) renameSync(file, `${file}.1`);
  return file;
}
