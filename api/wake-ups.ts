import { isGrpcServiceError } from '@temporalio/client';
import { deliverWakeUp, type WakeTarget } from '../activities/wake-ups/delivery.ts';
import type { Db } from '../db/connect.ts';
import { listWakeUps, removeWakeUps, type WakeUp } from '../db/wake-ups.ts';
import { engineQueue } from '../workflows/messages.ts';
import type { Log } from './http/context.ts';

/** Delivers stored wake-ups to workflows soon after they were written. */
export type Waker = {
  /**
   * Call this after a transaction that wrote wake-ups. It returns immediately; delivery follows
   * within a moment.
   */
  wakeSoon: () => void;
  /** Waits for running deliveries. The relay job delivers the remaining wake-ups. */
  stop: () => Promise<void>;
};

/**
 * Milliseconds for which wake-ups are gathered. Wake-ups of one workflow within this time become
 * one signal.
 */
const gatherMs = 250;
const batchSize = 200;
const deliveriesAtOnce = 20;
const firstPauseMs = 500;
const longestPauseMs = 5000;

type WakerDeps = { db: Db; client: WakeTarget['client']; log: Log };

/**
 * Creates a waker that delivers wake-ups from this process, so that they need not wait for the
 * relay job.
 */
export function createWaker(deps: WakerDeps): Waker {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let dueAt = Infinity;
  let pauseMs = 0;
  let isAway = false;
  let stopped = false;

  const lookIn = (ms: number): void => {
    const at = performance.now() + ms;
    if (stopped || at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(look, ms);
  };
  const look = (): void => {
    dueAt = Infinity;
    // One round at a time. A call during a round starts another round afterwards.
    if (running) return lookIn(gatherMs);
    running = runRound().finally(() => (running = undefined));
  };
  const runRound = async (): Promise<void> => {
    const outcome = await deliverAll(deps);
    pauseMs = outcome === 'all' ? 0 : nextPause(pauseMs);
    isAway = outcome === 'away';
    if (outcome !== 'all') lookIn(pauseMs);
  };
  return {
    wakeSoon: () => {
      // While Temporal or the database does not answer, only the pause decides. Many webhooks must
      // not cause many tries.
      if (!isAway) lookIn(gatherMs);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

function nextPause(pauseMs: number): number {
  return Math.min(longestPauseMs, Math.max(firstPauseMs, pauseMs * 2));
}

/** `some`: only some were delivered. `away`: Temporal or the database does not answer. */
type Outcome = 'all' | 'some' | 'away';

async function deliverAll(deps: WakerDeps): Promise<Outcome> {
  const { db, log } = deps;
  try {
    for (;;) {
      const wakeUps = await listWakeUps(db, { limit: batchSize, olderThanSeconds: 0 });
      const { delivered, failed, isAway } = await deliverBatch(deps, wakeUps);
      await removeWakeUps(db, delivered);
      if (failed > 0) log({ level: 'warn', event: 'wake-ups-failed', failed, isAway });
      if (isAway) return 'away';
      if (wakeUps.length < batchSize || delivered.length === 0) return failed > 0 ? 'some' : 'all';
    }
  } catch (error) {
    log({ level: 'warn', event: 'wake-ups-unread', error: nameOf(error) });
    return 'away';
  }
}

async function deliverBatch(
  { client, log }: WakerDeps,
  wakeUps: readonly WakeUp[],
): Promise<{ delivered: WakeUp[]; failed: number; isAway: boolean }> {
  const waiting = wakeUps.values();
  const target = { client, taskQueue: engineQueue };
  const batch = { delivered: [] as WakeUp[], failed: 0, isAway: false };
  const deliverSome = async (): Promise<void> => {
    for (const wakeUp of waiting) {
      if (batch.isAway) return;
      try {
        await deliverWakeUp(target, wakeUp);
        batch.delivered.push(wakeUp);
      } catch (error) {
        batch.failed += 1;
        batch.isAway ||= doesNotAnswer(error);
        const { workflowId } = wakeUp;
        log({ level: 'debug', event: 'wake-up-failed', workflowId, error: nameOf(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: deliveriesAtOnce }, deliverSome));
  return batch;
}

/**
 * The gRPC codes cancelled, deadline exceeded and unavailable:
 * https://grpc.io/docs/guides/status-codes/
 */
const awayCodes = new Set([1, 4, 14]);

function doesNotAnswer(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return isGrpcServiceError(cause) && awayCodes.has(cause.code);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
