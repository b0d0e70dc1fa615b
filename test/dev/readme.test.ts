import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

import {
  createSeller,
  type Event,
  onboardingPage,
  orderPaid,
  readEvents,
} from '../../docs/shop.ts';
import { choosePlace, clear, launch, type Launched, type Place } from './launcher.ts';

let place: Place;
let launched: Launched;

beforeAll(async () => {
  place = await choosePlace();
  // The engine asks Stripe about a charge in each pass of this job, otherwise every minute.
  launched = launch(place, { SWEEP_SECONDS: '5' });
  await launched.said('payout-engine is up');
  process.env.ENGINE_URL = `http://127.0.0.1:${place.env.API_PORT}`;
  process.env.ENGINE_KEY = readFileSync(join(place.folder, 'admin-key'), 'utf8').trim();
});

afterAll(async () => {
  launched.kill('SIGTERM');
  await launched.ended;
  clear(place);
});

test.each(['the first time', 'a second time'])(
  'the commands of the README print what it says, %s',
  async () => {
    const commands = commandsOf('## Pay a first seller') + commandsOf('## Hold, pause and stop');
    const signs = [...commands.matchAll(/^ *# (.*?):(?: |$)/gm)].map(([, sign = '']) => sign);
    expect(signs.length).toBeGreaterThan(15);
    const printed = (await runInBash(`set -e\n${commands}`)).trimEnd().split('\n');
    expect(printed).toEqual(signs.map((sign) => expect.stringMatching(patternOf(sign))));
  },
);

test('a shop that calls the engine like docs/shop.ts has its seller paid, once', async () => {
  const user = { id: 'user-1', name: 'Ada', email: 'shop@example.com', country: 'DE' };
  const sellerId = await createSeller(user);
  expect(await createSeller(user)).toBe(sellerId);
  const backTo = 'https://shop.example/payouts';
  await expect
    .poll(() => onboardingPage(sellerId, backTo).catch(String), { timeout: 30_000 })
    .toMatch(/^http.*\/setup\/link_/);
  const { stripeAccount } = await engine<{ stripeAccount: string }>(`/v1/sellers/${sellerId}`);
  await sandbox(`/_sandbox/accounts/${stripeAccount}/complete-onboarding`, {});
  const charge = await sandbox('/v1/charges', {
    amount: '12000',
    currency: 'eur',
    source: 'tok_bypassPending',
  });
  const order = { id: 'order-1', sellerId, charge: charge.id, sellerGets: 100_00 };
  await orderPaid(order);
  await orderPaid(order);
  await expect
    .poll(() => engine(`/v1/sellers/${sellerId}/schedule/preview`), { timeout: 90_000 })
    .toMatchObject({ expected: [{ pays: { amount: 100_00, currency: 'eur' } }] });

  const { nextPayoutAt } = await engine<{ nextPayoutAt: string }>(`/v1/sellers/${sellerId}`);
  await engine('/v1/test/clock', { to: nextPayoutAt });
  const happened: Event[] = [];
  let cursor: string | null = null;
  const types = async (): Promise<string[]> => {
    cursor = await readEvents(cursor, async (event) => {
      if (event.sellerId === sellerId) happened.push(event);
    });
    return happened.map(({ type }) => type);
  };
  await expect.poll(types, { timeout: 60_000 }).toContain('payout.sent');
  await engine('/v1/test/clock', { advanceMinutes: 5 * 24 * 60 });
  await expect.poll(types, { timeout: 60_000 }).toContain('payout.paid');
  const paid = happened.filter(({ type }) => type === 'payout.paid');
  expect(paid.map(({ data }) => data.money)).toEqual([{ amount: 100_00, currency: 'eur' }]);
});

/** The shell blocks of one chapter. */
function commandsOf(chapter: string): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const start = readme.indexOf(chapter);
  const text = readme.slice(start, readme.indexOf('\n## ', start + 1));
  const blocks = [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block ?? '');
  expect(blocks.length).toBeGreaterThan(0);
  return blocks.join('\n');
}

/** What a comment of the README says that its command prints; `...` stands for anything. */
function patternOf(sign: string): RegExp {
  const parts = sign.split('...').map((part) => part.replaceAll(/[^\w ]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

async function engine<Answer = unknown>(path: string, body?: object): Promise<Answer> {
  const answer = await fetch(`${process.env.ENGINE_URL}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${process.env.ENGINE_KEY}`,
      'content-type': 'application/json',
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(answer.ok, path).toBe(true);
  return (await answer.json()) as Answer;
}

async function sandbox(path: string, fields: Record<string, string>): Promise<{ id: string }> {
  const answer = await fetch(`http://127.0.0.1:${place.env.SANDBOX_PORT}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_sandbox' },
    body: new URLSearchParams(fields),
  });
  expect(answer.ok, path).toBe(true);
  return (await answer.json()) as { id: string };
}

/** Runs commands as a second terminal does, which knows only what `npm start` printed. */
async function runInBash(script: string): Promise<string> {
  // Node first on the PATH, as in an npm script.
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const [line = ''] = /^ {2}export .*$/m.exec(launched.output()) ?? [];
  const bash = spawn('bash', ['-c', `${line}\n${script}`], {
    cwd,
    env: { ...withoutPlace(), PATH },
    timeout: 150_000,
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

function withoutPlace(): NodeJS.ProcessEnv {
  const ours = ['ADMIN_API_KEY', ...Object.keys(place.env)];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.includes(name)));
}
