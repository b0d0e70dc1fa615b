import { dirname, join } from 'node:path';

import { say } from '../../dev/say.ts';
import { goInstall } from '../../dev/servers/go-install.ts';
import { cacheFolder, canRun, keepPrograms } from '../../dev/servers/kept-programs.ts';
import { findTemporal } from '../../dev/servers/temporal-program.ts';

const sources = { 'temporal-server': 'cmd/server', 'temporal-sql-tool': 'cmd/tools/sql' };

/**
 * Finds what the images of Temporal bring, of this version of the server, or builds it with Go,
 * once; answers with the folders for the PATH. The command line is the one that `npm start` uses.
 */
export async function findTemporalPrograms(version: string): Promise<string[]> {
  const folder = cacheFolder(`temporal-server-${version}`);
  const names = Object.keys(sources);
  if (!names.every((name) => canRun(join(folder, name)))) {
    say(`Building Temporal's server ${version} with Go, once, which takes a few minutes.`);
    await keepPrograms(folder, (place) => build(version, place));
  }
  return [folder, dirname(await findTemporal(say))];
}

async function build(version: string, place: string): Promise<Record<string, string>> {
  const programs = Object.values(sources).map((at) => `go.temporal.io/server/${at}@v${version}`);
  const failure = await goInstall(programs, place, say);
  if (failure !== undefined) throw new Error(`Temporal's server was not built:\n${failure}`);
  const made = Object.entries(sources).map(([name, at]) => [
    name,
    join(place, at.split('/').at(-1) ?? at),
  ]);
  return Object.fromEntries(made);
}
