import { expect, test } from 'vitest';
import { readUncompared, recordAlive, recordCompared } from '../../db/restored.ts';
import { startMoneyDatabase } from './money.ts';

test('what is written after a backup was brought back is no sign of life', async () => {
  const own = await startMoneyDatabase(2);
  const hourMs = 3_600_000;
  const compared = 'of before the backup';
  const since = async () => Date.parse((await readUncompared(own.db))?.since ?? '');
  const restore = () =>
    own.db.updateTable('operations').set({ compared_start: compared }).execute();
  await restore();
  const { start = '' } = (await readUncompared(own.db)) ?? {};
  await recordCompared(own.db, start);
  await own.moveTo(hourMs);
  await recordAlive(own.db);
  const aliveAt = Date.now() + hourMs;
  await restore();
  await own.moveTo(5 * hourMs);
  await own.earn(await own.seller(), 100_00);
  await recordAlive(own.db);
  await recordCompared(own.db, 'a start of before');
  expect(Math.abs((await since()) + hourMs - aliveAt)).toBeLessThan(60_000);
  await recordCompared(own.db, start);
  expect(await readUncompared(own.db)).toBeUndefined();
  await restore();
  expect(Math.abs((await since()) - aliveAt - 3 * hourMs)).toBeLessThan(60_000);
  await own.db.destroy();
});
