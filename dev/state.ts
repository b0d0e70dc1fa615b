import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { Stopped } from './say.ts';

/** The one folder in which everything that lives on this machine is kept. */
export type State = {
  folder: string;
  /** The folders that are made private, outermost first; Postgres's user passes through them. */
  privateFolders: readonly string[];
  file(name: string): string;
  logFile(part: string): string;
  /** A secret made once, in a file that only its owner reads. */
  secret(name: string, prefix?: string): string;
};

/** Opens the state folder, or one inside it, making it at the first start. */
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

/** One that holds what is somebody else's keeps the rights that it has. */
function isOurs(names: readonly string[]): boolean {
  const made = ['logs', 'demo', 'chaos'];
  return names.includes('processes.json') || names.every((name) => made.includes(name));
}

/** Makes a folder where it is missing, for its owner alone; answers whether it is private. */
function makePrivate(folder: string): boolean {
  try {
    make(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
    if (!isOurs(readdirSync(folder))) return false;
    // Where it runs for another user, Postgres has been let through.
    if ((statSync(folder).mode & 0o777) !== 0o710) chmodSync(folder, 0o700);
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Stopped(
      `${folder} cannot be the state folder (${why}). Choose another: PAYOUT_ENGINE_STATE=<folder>`,
    );
  }
}

/** Step by step: asked for a whole path, Node never gives up where no folder can be made. */
function make(folder: string): void {
  if (existsSync(folder)) return;
  make(dirname(folder));
  mkdirSync(folder);
}

/** Resolves with the words for it once somebody removed the folder that everything stands on. */
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

/** Why nothing can go on where the folder is gone. */
export function whyGone(state: State): string | undefined {
  if (existsSync(state.file('processes.json'))) return undefined;
  return (
    `${state.folder} was removed while it was in use, and with it the databases: nothing can go on. ` +
    'The next start begins anew.'
  );
}

/** `npm run setup` in package.json reads it. */
const environmentFile = 'engine.env';

/** Variables that the launcher chose by itself, and that a second terminal needs. */
const chosen = [
  'DATABASE_URL',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  'STRIPE_SECRET_KEY',
  'STRIPE_API_BASE',
  'STRIPE_WEBHOOK_SECRETS',
];

/** Writes down for a second terminal what it is not told there; never a key of Stripe's own. */
export function writeEnvironment(state: State, env: Record<string, string>): void {
  const lines = chosen
    .filter((name) => env[name] && env[name] !== process.env[name])
    .map((name) => `${name}=${env[name]}\n`);
  writeFileSync(state.file(environmentFile), lines.join(''), { mode: 0o600 });
}

/** Removes it: what it names runs no longer. */
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

/** Puts a log aside once it is long; two are kept. */
function trimmed(file: string): string {
  if (existsSync(file) && statSync(file).size > 20_000_000) renameSync(file, `${file}.1`);
  return file;
}
