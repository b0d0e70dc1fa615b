import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** A third of the silence after which a worker counts as dead. */
const everyMs = 3000;

/** Lets every activity say that its worker lives, so that a killed one is noticed in seconds. */
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
