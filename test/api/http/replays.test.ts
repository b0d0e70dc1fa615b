import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandKinds, commandRules } from '../../../domain/commands/kinds.ts';
import { startStripeSide } from '../../build/stripe-side.ts';
import { startApi, type TestApi } from '../harness.ts';
import { commandScenes, type Scene } from './scenes.ts';

type Operation = { parameters?: { name: string }[]; 'x-command'?: string; 'x-brake'?: string };
type Replayed = { actedAgain: boolean; at: string; says: string; now: { state: string } };

let api: TestApi;
let side: Awaited<ReturnType<typeof startStripeSide>>;
let scenes: ReturnType<typeof commandScenes>;
let operations: [name: string, Operation][];
beforeAll(async () => {
  side = await startStripeSide();
  api = await startApi({ stripeAt: side.url });
  scenes = commandScenes(api, side);
  const response = await api.app.request('/openapi.json');
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, Operation>> };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'get')
      .map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
  );
});
afterAll(() => side.close());

/** Requests that are no commands, and why they need no Idempotency-Key. */
const noCommands: Record<string, string> = {
  'post /v1/attention/preview': 'it changes nothing',
  'post /v1/test/clock': 'it exists only with the sandbox, and time never moves back',
  'post /v1/sellers/{sellerId}/onboarding-link': 'Stripe makes a new secret each time',
  'post /v1/sellers/{sellerId}/login-link': 'Stripe makes a new secret each time',
  'post /v1/sellers/{sellerId}/account-session': 'Stripe makes a new secret each time',
};

const hasKey = ({ parameters = [] }: Operation) =>
  parameters.some(({ name }) => name === 'idempotency-key');

const count = async (table: 'commands' | 'events') =>
  Number((await api.db.selectFrom(table).select(api.db.fn.countAll().as('n')).execute())[0]?.n);

/** Sends a scene's request under a key. Returns its answer and what it says about a replay. */
async function send({ path, body, method }: Scene, key: string) {
  const options = { key, ...(method && { method }) };
  const answer = await api.post(path, body ?? {}, options);
  expect([answer.status < 300, answer.body['detail']]).toEqual([true, undefined]);
  const { replayed, ...rest } = answer.body as { replayed?: Replayed };
  return { replayed, rest, isOld: answer.headers.get('idempotent-replayed') === 'true' };
}

describe('the description of the API', () => {
  test('says of each request that takes an Idempotency-Key which command it is', () => {
    const commands = operations.filter(([, operation]) => hasKey(operation));
    const named = commands.map(([, operation]) => String(operation['x-command']));
    expect(named.toSorted()).toEqual(commandKinds.toSorted());
    for (const [, operation] of commands) {
      const kind = commandKinds.find((one) => one === operation['x-command']);
      expect(operation['x-brake']).toBe(kind && commandRules[kind].brake);
    }
  });

  test('has no other request that changes something, except those named here', () => {
    const others = operations.filter(([, operation]) => !hasKey(operation)).map(([name]) => name);
    expect(others.toSorted()).toEqual(Object.keys(noCommands).toSorted());
  });
});

describe.each(commandKinds)('the command %s', (kind) => {
  const isBrake = commandRules[kind].brake !== 'never';

  test('acts once while its effect applies, and a repeat tells then and now', async () => {
    const scene = await scenes[kind]();
    const first = await send(scene, `${kind}-once`);
    expect([first.replayed, first.isOld]).toEqual([undefined, false]);
    expect((await scene.applies?.()) ?? true).toBe(true);
    const before = [await count('commands'), await count('events')];
    const again = await send(scene, `${kind}-once`);
    expect([await count('commands'), await count('events')]).toEqual(before);
    expect(again.isOld).toBe(true);
    expect(again.replayed).toMatchObject({
      at: expect.stringMatching(/Z$/),
      actedAgain: false,
      now: { object: expect.any(String), id: expect.any(String), state: expect.any(String) },
      says: expect.stringMatching(/^This Idempotency-Key was used before, at .*\. Now: ./),
    });
    const { key: _secret, ...shown } = first.rest as { key?: string };
    expect(again.rest).toEqual(shown);
  });

  test(`after its effect was undone ${isBrake ? 'acts again' : 'does not act again'}`, async () => {
    const scene = await scenes[kind]();
    const first = await send(scene, `${kind}-undone`);
    if (!scene.undo || !scene.applies) return;
    await scene.undo(first.rest);
    expect(await scene.applies()).toBe(false);
    const before = await count('commands');
    const again = await send(scene, `${kind}-undone`);
    expect(await scene.applies()).toBe(isBrake);
    expect([again.replayed?.actedAgain, again.isOld]).toEqual([isBrake, !isBrake]);
    expect(await count('commands')).toBe(before + Number(isBrake));
    if (!isBrake) return;
    expect(again.replayed?.says).toContain('carried out again just now');
    const third = await send(scene, `${kind}-undone`);
    expect(third.replayed?.actedAgain).toBe(false);
    expect(await count('commands')).toBe(before + 1);
  });
});
