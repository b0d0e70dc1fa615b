import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { choosePlace, clear, launch, type Launched, type Place } from './launcher.ts';

let place: Place;
let launched: Launched;

beforeAll(async () => {
  place = await choosePlace();
  launched = launch(place);
  await launched.said('payout-engine is up');
});

afterAll(async () => {
  launched.kill('SIGTERM');
  await launched.ended;
  clear(place);
});

test('the commands of the README pay a first seller', async () => {
  const output = await runInBash(`set -e\n${commandsOf('## Pay a first seller')}`);
  expect(output).toMatch(/^acct_\w+$/m);
  expect(output).toMatch(/^active$[^]*^sent$[^]*^paid$/m);
  const balances = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as unknown;
  expect(balances).toMatchObject({ data: [{ currency: 'eur', places: { bank: 100_00 } }] });
});

/** The shell blocks of one chapter, led to the ports and the folder of this test. */
function commandsOf(chapter: string): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const start = readme.indexOf(chapter);
  const text = readme.slice(start, readme.indexOf('\n## ', start + 1));
  const blocks = [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block ?? '');
  expect(blocks.length).toBe(6);
  return blocks
    .join('\n')
    .replaceAll('127.0.0.1:3000', `127.0.0.1:${place.env.API_PORT}`)
    .replaceAll('127.0.0.1:12111', `127.0.0.1:${place.env.SANDBOX_PORT}`)
    .replaceAll('.payout-engine/admin-key', join(place.folder, 'admin-key'));
}

async function runInBash(script: string): Promise<string> {
  // Node first on the PATH, as in an npm script.
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const bash = spawn('bash', ['-c', script], {
    cwd,
    env: { ...process.env, PATH },
    timeout: 120_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [bash.stdout, bash.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await new Promise((resolve) => bash.once('close', resolve));
  expect(code, output).toBe(0);
  return output;
}
