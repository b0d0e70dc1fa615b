import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The one folder in which everything that lives on this machine is kept. */
export type State = {
  folder: string;
  file(name: string): string;
  logFile(part: string): string;
  /** A secret made once, in a file that only its owner reads. */
  secret(name: string, prefix?: string): string;
};

/** Opens the state folder, or one inside it, making it at the first start. */
export function openState(inside = ''): State {
  const folder = resolve(process.env.PAYOUT_ENGINE_STATE || '.payout-engine', inside);
  mkdirSync(join(folder, 'logs'), { recursive: true });
  chmodSync(folder, 0o755); // Postgres's user passes through
  const file = (name: string): string => join(folder, name);
  return {
    folder,
    file,
    logFile: (part) => trimmed(join(folder, 'logs', `${part}.log`)),
    secret: (name, prefix = '') => keptSecret(file(name), prefix),
  };
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
