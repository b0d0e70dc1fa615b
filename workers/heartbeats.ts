import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** The time between two heartbeats: a third of the timeout after which a worker counts as dead. */
const everyMs = 3000;

/** Sends heartbeats for every activity, so that a killed worker is noticed within seconds. */
export const heartbeats: ActivityInterceptorsFactory = (context) => ({
  inbound: {
    async execute(input, next) {
      if (context.info.isLocal) return next(input);
      const beat = setInterval(() => context.heartbeat(), everyMs);
      try {
        return await next(input);
      } finally {
        clearInterval(beat);
      }
    },
  },
});
