import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { readReplay } from '../../dev/chaos/strikes/log.ts';
import { planOf } from '../../dev/chaos/strikes/plan.ts';
import { isRunning } from '../../dev/processes/identity.ts';
import { choosePlace, clear, type Launched, partsIn, type Place, run } from './launcher.ts';

const seed = 11;
const payouts = 24;
let place: Place;
let chaos: Launched | undefined;

beforeAll(async () => {
  place = await choosePlace();
});

afterAll(async () => {
  chaos?.kill('SIGTERM');
  await chaos?.ended;
  clear({ ...place, folder: join(place.folder, 'chaos') });
  clear(place);
});

test(
  'pays everybody once, to the cent, while its parts are killed and Stripe misbehaves',
  { timeout: 900_000 },
  async () => {
    chaos = run(place, ['chaos/main.ts', '--seed', String(seed), '--payouts', String(payouts)]);
    const code = await chaos.ended;
    expect(code, chaos.output()).toBe(0);
    expect(chaos.output()).toContain('The audit found nothing');
    expect(chaos.output()).toMatch(/paid or sent twice +0\n +unexplained cents +0\n/);
    expect(partsIn(join(place.folder, 'chaos')).filter(isRunning)).toEqual([]);
  },
);

test('writes down what struck when, so that it can be struck again', () => {
  const replay = readReplay(join(place.folder, `chaos/logs/chaos-${seed}-${payouts}.jsonl`));
  expect(replay).toMatchObject({ seed, payouts });
  const sellers = 10;
  const plan = planOf(seed, payouts, sellers);
  expect(replay.strikes.map((strike) => strike.do).toSorted()).toEqual(
    plan.map((strike) => strike.do).toSorted(),
  );
  expect(replay.calls.length).toBeGreaterThan(0);
  expect(replay.calls.every(({ n, endpoint }) => n > 0 && / \/v[12]\//.test(endpoint))).toBe(true);
});

test.each([
  [['--payouts', '0'], '"0" is not a whole number above 0'],
  [['--pauouts', '10'], "Unknown option '--pauouts'"],
  [['--plan', 'nowhere.jsonl'], 'nowhere.jsonl cannot be read'],
])('refuses %j and says why', async (args, words) => {
  const refused = run(place, ['chaos/main.ts', ...args]);
  expect(await refused.ended).toBe(1);
  expect(refused.output()).toContain(words);
});
