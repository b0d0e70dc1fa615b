import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBatch } from '../../../api/stripe-events/batch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('an even stream is written in few calls, each of which gathered', async () => {
  const calls: number[] = [];
  const write = async (items: number[]): Promise<void> => {
    calls.push(items.length);
    await new Promise((resolve) => setTimeout(resolve, 3));
  };
  const store = createBatch(write, { gatherMs: 10, largest: 500 });
  const stored: Promise<void>[] = [];
  for (let item = 0; item < 50; item += 1) {
    stored.push(store(item));
    await vi.advanceTimersByTimeAsync(2);
  }
  await vi.runAllTimersAsync();
  await Promise.all(stored);
  expect(calls.length).toBeLessThanOrEqual(10);
  expect(calls.reduce((sum, items) => sum + items, 0)).toBe(50);
});

test('what waited through a slow call is written at once, so much at a time', async () => {
  const calls: { at: number; items: number }[] = [];
  const write = async (items: number[]): Promise<void> => {
    calls.push({ at: performance.now() - startedAt, items: items.length });
    await new Promise((resolve) => setTimeout(resolve, 100));
  };
  const startedAt = performance.now();
  const store = createBatch(write, { gatherMs: 10, largest: 3 });
  const stored = [store(0)];
  await vi.advanceTimersByTimeAsync(20);
  stored.push(...[1, 2, 3, 4].map(store));
  await vi.runAllTimersAsync();
  await Promise.all(stored);
  expect(calls.map(({ items }) => items)).toEqual([1, 3, 1]);
  expect(calls.map(({ at }) => Math.round(at / 10) * 10)).toEqual([10, 110, 210]);
});
