import { condition, setHandler } from '@temporalio/workflow';
import type { WakeTopic } from '../domain/wake-ups.ts';
import { lookAgain } from './messages.ts';

/** What this workflow was told since it last asked. */
export type WakeUps = {
  /** True when something came that was not taken yet. */
  waiting: () => boolean;
  /** Hands over what came, and forgets it. */
  take: () => ReadonlySet<WakeTopic>;
  /** Waits for a wake-up, until the deadline at most. */
  wait: (limit: { now: string; until: string | null; summary: string }) => Promise<void>;
};

/** Listens for wake-ups. Called before the first `await`, so that none is missed. */
export function listen(): WakeUps {
  let topics = new Set<WakeTopic>();
  setHandler(lookAgain, (told) => {
    for (const topic of told) topics.add(topic);
  });
  const waiting = (): boolean => topics.size > 0;
  return {
    waiting,
    take: () => {
      const taken = topics;
      topics = new Set();
      return taken;
    },
    wait: async ({ now, until, summary }) => {
      // Without a deadline nothing is due: the row is woken, or looked after by the jobs.
      if (until === null) return condition(waiting);
      await condition(waiting, Math.max(Date.parse(until) - Date.parse(now), 1), { summary });
    },
  };
}
