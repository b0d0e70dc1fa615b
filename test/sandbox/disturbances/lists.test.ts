import { afterEach, beforeEach, expect, test } from 'vitest';
import { type MoneySandbox, startMoneySandbox } from '../money/stage.ts';
import { send } from '../wire.ts';

let sandbox: MoneySandbox;
let destination: string;
beforeEach(async () => {
  sandbox = await startMoneySandbox();
  await sandbox.fund(1_000_00);
  destination = await sandbox.seller();
});
afterEach(() => sandbox.close());

async function transfer(): Promise<string> {
  const form = { amount: '100', currency: 'usd', destination, transfer_group: 'g' };
  const { body } = await send(sandbox.url, 'POST /v1/transfers', { form });
  return String(body['id']);
}

async function listed(query: string): Promise<string[]> {
  const { body } = await send(sandbox.url, `GET /v1/transfers?${query}`);
  return (body['data'] as { id: string }[]).map(({ id }) => id);
}

test('lists that lag do not show young objects, which can be read by their ids', async () => {
  await sandbox.ask('PUT', 'lists', { lagSeconds: 3600 });
  const id = await transfer();
  expect(await listed('transfer_group=g')).toEqual([]);
  expect((await send(sandbox.url, `GET /v1/transfers/${id}`)).status).toBe(200);
  await sandbox.ask('POST', 'clock', { offsetMs: 3_601_000 });
  expect(await listed('transfer_group=g')).toEqual([id]);
});

test('only lists that are asked for with one parameter may lag', async () => {
  await sandbox.ask('PUT', 'lists', { lagSeconds: 3600, parameter: 'transfer_group' });
  const id = await transfer();
  expect(await listed('transfer_group=g')).toEqual([]);
  expect(await listed(`destination=${destination}`)).toEqual([id]);
  await sandbox.ask('PUT', 'lists', { lagSeconds: 0 });
  expect(await listed('transfer_group=g')).toEqual([id]);
});
