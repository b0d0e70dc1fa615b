import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder in the user's cache where downloaded or built programs are kept. */
export function cacheFolder(name: string): string {
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(caches, 'payout-engine', name);
}

/**
 * Keeps the programs that `make` creates in a temporary folder, under the names that `make`
 * returns. An interrupted start leaves no partial program: the temporary folder is removed, and a
 * program is moved only when it is complete.
 */
export async function keepPrograms(
  folder: string,
  make: (place: string) => Promise<Record<string, string>>,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const place = mkdtempSync(join(folder, 'new-'));
  const cleanUp = (): void => rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', cleanUp);
  try {
    for (const [name, made] of Object.entries(await make(place))) {
      chmodSync(made, 0o755);
      renameSync(made, join(folder, name));
    }
  } finally {
    process.off('exit', cleanUp);
    cleanUp();
  }
}

/** True if this file is a program that we may run. */
export function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
