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

/** Where programs that were fetched or built are kept for the next time, in the user's caches. */
export function cacheFolder(name: string): string {
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(caches, 'payout-engine', name);
}

/**
 * Keeps what `make` makes in a passing folder, under the names it answers with. A start cut short
 * leaves nothing half: the passing folder goes, and a program is moved only once it is whole.
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

/** Tells whether this is a program that we may run. */
export function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
