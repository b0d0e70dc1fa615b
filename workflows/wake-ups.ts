import { condition, setHandler } from '@temporalio/workflow';
import type { WakeTopic } from '../domain/wake-ups.ts';
import { lookAgain } from './messages.ts';

/** The wake-ups that this workflow received since it last took them. */
export type WakeUps = {
  /** True if a wake-up arrived that was not taken yet. */
  waiting: () => boolean;
  /** Returns the topics of all wake-ups since the last call, and clears them. */
  take: () => ReadonlySet<WakeTopic>;
  /** Waits for a wake-up, at most until the deadline. */
  wait: (limit: { now: string; until: string | null; summary: string }) => Promise<void>;
};

/** Registers the signal handler. Call it before the first `await`, so that no signal is missed. */
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
      // Without a deadline, nothing is due: only a wake-up continues the workflow.
      if (until === null) return condition(waiting);
      await condition(waiting, Math.max(Date.parse(until) - Date.parse(now), 1), { summary });
    },
  };
}
