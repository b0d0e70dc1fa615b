import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Say, saying, Stopped } from '../say.ts';
import { goInstall, goIsHere } from './go-install.ts';
import { cacheFolder, canRun, keepPrograms } from './kept-programs.ts';

const version = '1.5.1';
/** Its go.mod sets the versions. Increase `built` with every change of go.mod. */
const source = fileURLToPath(new URL('temporal-program', import.meta.url));
const built = 2;
/** The version in the go.mod. */
const leastGo = '1.25';
const downloadLimitMs = 10_000;

/** Finds Temporal's development server on this machine. Otherwise downloads or builds it once. */
export async function findTemporal(tell: Say): Promise<string> {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const folder = cacheFolder(`temporal-${version}-${built}`);
  const kept = join(folder, 'temporal');
  const found = [...onPath.map((path) => join(path, 'temporal')), kept].find(canRun);
  if (found !== undefined) return found;
  await keepPrograms(folder, async (place) => ({
    temporal: (await download(place, tell)) ?? (await build(place, tell)),
  }));
  return kept;
}

async function download(place: string, tell: Say): Promise<string | undefined> {
  const script = fileURLToPath(new URL('temporal-download.ts', import.meta.url));
  const child = spawn(process.execPath, [script, place, `v${version}`], {
    stdio: 'ignore',
    detached: true,
    timeout: downloadLimitMs,
    killSignal: 'SIGKILL',
  });
  const giveUp = (): void => void child.kill('SIGKILL');
  process.prependOnceListener('exit', giveUp);
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
  });
  const code = await saying(tell, 'Downloading Temporal, for 10 s at most', ended);
  process.off('exit', giveUp);
  const name = readdirSync(place).find((file) => file.startsWith('temporal'));
  if (code === 0 && name !== undefined && canRun(join(place, name))) return join(place, name);
  return undefined;
}

async function build(place: string, tell: Say): Promise<string> {
  if (!goIsHere()) throw new Stopped(noWay('It could not be downloaded, and Go is not installed.'));
  tell('Temporal could not be downloaded. Building it with Go, once; this takes a few minutes.');
  const failure = await goInstall(['tool'], place, tell, source);
  if (failure === undefined) return join(place, 'temporal');
  throw new Stopped(noWay(`It could not be downloaded, and building it failed:\n${failure}`));
}

function noWay(why: string): string {
  return `Temporal, the workflow server, is not on this machine. ${why}
Use one of these:
  - a Temporal that runs elsewhere:   TEMPORAL_ADDRESS=<host>:7233 npm start
  - the Temporal CLI on the PATH:     "temporal", version ${version} or newer
  - a machine that is online:         npm start downloads it
  - Go ${leastGo} or newer on the PATH:    npm start builds it, once`;
}
