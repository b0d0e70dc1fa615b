import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openClock } from '../../sandbox/core/clock.ts';
import { processDue, schedule, unschedule } from '../../sandbox/core/due.ts';
import { listUnknown } from '../../sandbox/core/unknown.ts';
import type { World } from '../../sandbox/core/world.ts';
import { openDatabase } from '../../sandbox/store/database.ts';

let w: World;

beforeEach(() => {
  const db = openDatabase(':memory:');
  const clock = openClock(db);
  w = { db, clock, secretKey: '', baseUrl: '', current: null, onDeliveries: () => undefined };
});
afterEach(() => w.db.close());

test('due things happen in order of time, each as of its own time', () => {
  const now = w.clock.now();
  for (const [ref, inMs] of Object.entries({ c: 3_000, a: 1_000, b: 2_000, later: 900_000 })) {
    schedule(w, now + inMs, 'ring', ref);
  }
  w.clock.setOffset(5_000);
  const rung: [string, number][] = [];
  processDue(w, { ring: (_, ref) => rung.push([ref, w.clock.now() - now]) });
  expect(rung).toEqual([
    ['a', 1_000],
    ['b', 2_000],
    ['c', 3_000],
  ]);
});

test('what falls due because of something due happens in the same move', () => {
  const now = w.clock.now();
  schedule(w, now + 1_000, 'ring', '3');
  w.clock.setOffset(60_000);
  const rung: string[] = [];
  processDue(w, {
    ring(_, ref) {
      rung.push(ref);
      if (ref !== '0') schedule(w, w.clock.now() + 1_000, 'ring', String(Number(ref) - 1));
    },
  });
  expect(rung).toEqual(['3', '2', '1', '0']);
});

test('what is unscheduled never happens', () => {
  schedule(w, w.clock.now(), 'ring', 'a');
  unschedule(w, 'ring', 'a');
  w.clock.setOffset(1_000);
  expect(processDue(w, { ring: () => expect.unreachable() })).toBe(0);
});

test('a thing that breaks is undone and noted, and what follows it still happens', () => {
  const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const now = w.clock.now();
  schedule(w, now + 1_000, 'break', 'a');
  schedule(w, now + 2_000, 'ring', 'b');
  w.clock.setOffset(5_000);
  const rung: string[] = [];
  processDue(w, {
    break() {
      w.db.run("insert into settings values ('half', '1')");
      throw new Error('half done');
    },
    ring: (_, ref) => rung.push(ref),
  });
  expect(rung).toEqual(['b']);
  expect(w.db.get("select 1 from settings where name = 'half'")).toBeUndefined();
  expect(listUnknown(w, 0)).toMatchObject([{ method: 'DUE', path: 'break a' }]);
  expect(processDue(w, {})).toBe(0);
  silent.mockRestore();
});
