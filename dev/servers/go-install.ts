import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Say } from '../say.ts';

/** True if Go is installed here. */
export function goIsHere(): boolean {
  return spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;
}

/**
 * Builds programs of one Go module into a folder, with temporary caches that are removed afterwards
 * because they take 3 GB. The go.mod in `from` sets the versions. Returns the last lines of output
 * if the build failed.
 */
export async function goInstall(
  programs: readonly string[],
  folder: string,
  tell: Say,
  from?: string,
): Promise<string | undefined> {
  // The caches are next to the program, because the system's temporary folder may be in memory.
  const caches = join(folder, 'go');
  const go = spawn('go', ['install', '-v', ...programs], {
    cwd: from,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      GOBIN: folder,
      GOCACHE: join(caches, 'build'),
      GOMODCACHE: join(caches, 'modules'),
      GOFLAGS: '-modcacherw',
    },
  });
  const cleanUp = (): void => {
    if (go.exitCode === null && go.pid !== undefined) process.kill(-go.pid, 'SIGKILL');
    rmSync(caches, { recursive: true, force: true, maxRetries: 3 });
  };
  // Registered first, so that whoever removes the folder at exit does not race with the build.
  process.prependOnceListener('exit', cleanUp);
  const lines: string[] = [];
  createInterface({ input: go.stderr }).on('line', (line) => lines.push(line));
  const progress = setInterval(() => tell(describe(lines)), 5000);
  const code = await new Promise<number | null>((resolve) => {
    go.once('error', () => resolve(null));
    go.once('close', resolve);
  });
  clearInterval(progress);
  process.off('exit', cleanUp);
  cleanUp();
  return code === 0 ? undefined : lines.slice(-8).join('\n');
}

function describe(lines: readonly string[]): string {
  const downloaded = lines.filter((line) => line.startsWith('go: ')).length;
  const compiled = lines.length - downloaded;
  if (compiled === 0) return `  building Temporal: ${downloaded} modules downloaded`;
  return `  building Temporal: ${compiled} packages compiled`;
}
