import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
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

test('the commands of the README pay a first seller, stop money and let it go on', async () => {
  const paying = commandsOf('## Pay a first seller', 7);
  const stopping = commandsOf('## Stop money and resume it', 1);
  const output = await runInBash(`set -e\n${paying}\necho STOPPING\n${stopping}`);
  const [paid = '', stopped = ''] = output.split('STOPPING\n');
  expect(paid).toMatch(/^acct_\w+\nhttp:\S+\/setup\/link_\w+$/m);
  expect(paid).toMatch(/^active$[^]*^sent\n.*the bank does not have it yet.*\n[^]*^paid$/m);
  const balances = JSON.parse(paid.trimEnd().split('\n').at(-1) ?? '') as unknown;
  expect(balances).toMatchObject({ data: [{ currency: 'eur', places: { bank: 100_00 } }] });
  const answers = stopped.trimEnd().split('\n');
  expect(answers.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { moneyStopped: true },
    { moneyStopped: false },
    { reason: 'odd orders', state: 'released', amount: { amount: 50_00 } },
    { pauses: [{ reason: 'asked to wait' }] },
    { pauses: [] },
    { type: '/problems/payout-not-cancelable' },
  ]);
});

/** The shell blocks of one chapter. */
function commandsOf(chapter: string, count: number): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const start = readme.indexOf(chapter);
  const text = readme.slice(start, readme.indexOf('\n## ', start + 1));
  const blocks = [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block ?? '');
  expect(blocks.length).toBe(count);
  return blocks.join('\n');
}

async function runInBash(script: string): Promise<string> {
  // Node first on the PATH, as in an npm script.
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const bash = spawn('bash', ['-c', script], {
    cwd,
    env: { ...process.env, ...place.env, PATH },
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
