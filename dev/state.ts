import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
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
