import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApiKey, findApiKey, hashKey, recordAdminKey } from '../../db/api-keys.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../build/money.ts';

let money: MoneyDatabase;
beforeEach(async () => {
  money = await startMoneyDatabase();
});

afterEach(() => money.db.destroy());

const [old, next] = ['the-old-key-of-the-variable', 'the-new-key-of-the-variable'];
const start = (key: string) => recordAdminKey(money.db, key);
const create = (key: string, role: 'admin' | 'read') =>
  money.db.transaction().execute((tx) => createApiKey(tx, { key, name: 'made', role }));

/** The keys among these that are accepted. */
async function accepted(...keys: string[]): Promise<string[]> {
  const found = await Promise.all(keys.map((key) => findApiKey(money.db, hashKey(key))));
  return keys.filter((_, index) => found[index] !== undefined);
}

test('a new key of the variable ends the old one, and no key that the API made', async () => {
  await create('made-by-the-api', 'admin');
  await start(old);
  expect(await start(next)).toEqual({ isValid: true });
  expect(await accepted(old, next, 'made-by-the-api')).toEqual([next, 'made-by-the-api']);
});

test('several processes with one value accept it', async () => {
  await Promise.all([start(old), start(old), start(old)]);
  expect(await accepted(old)).toEqual([old]);
});

test('a process that starts with the old value again brings nothing back', async () => {
  await start(old);
  await start(next);
  expect(await start(old)).toEqual({ isValid: false });
  expect(await accepted(old, next)).toEqual([next]);
});

test('of several new values at one moment, one is left', async () => {
  const keys = Array.from({ length: 6 }, (_, index) => `key-number-${index}-of-the-variable`);
  await Promise.all(keys.map(start));
  expect(await accepted(...keys)).toHaveLength(1);
});

test('a key that the API made becomes the key of the variable', async () => {
  await start(old);
  await create(next, 'admin');
  await start(next);
  expect(await accepted(old, next)).toEqual([next]);
  await start('a-third-key-of-the-variable');
  expect(await accepted(old, next)).toEqual([]);
});

test('a key that may only read does not end the admin key', async () => {
  await start(old);
  await create(next, 'read');
  await start(next);
  expect(await accepted(old, next)).toEqual([old, next]);
});
