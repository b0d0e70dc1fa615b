import type { Database } from '../store/database.ts';
import { readSetting, writeSetting } from '../store/settings.ts';

/** The sandbox's time: real time plus an offset that only grows. */
export type Clock = {
  /** The current time in milliseconds. While a due item is processed, the time when it was due. */
  now(): number;
  /** The current time in whole seconds, as in Stripe's v1 objects. */
  seconds(): number;
  offsetMs(): number;
  /** Stores a larger offset. The caller then processes everything that has become due. */
  setOffset(offsetMs: number): void;
  /** Runs `work` at the time `at`, so that new objects carry the time at which they were due. */
  asOf<T>(at: number, work: () => T): T;
};

/** Opens the clock with the offset that the last process stored. */
export function openClock(db: Database): Clock {
  let offsetMs = readSetting(db, 'offsetMs', 0);
  let frozen: number | undefined;
  const now = () => frozen ?? Date.now() + offsetMs;
  return {
    now,
    seconds: () => Math.floor(now() / 1000),
    offsetMs: () => offsetMs,
    setOffset(next) {
      writeSetting(db, 'offsetMs', next);
      offsetMs = next;
    },
    asOf(at, work) {
      const before = frozen;
      frozen = at;
      try {
        return work();
      } finally {
        frozen = before;
      }
    },
  };
}
