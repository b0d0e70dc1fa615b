import { z } from 'zod';
import type { SandboxClock } from '../http/context.ts';

/**
 * The timeout of a move. A move takes time, because the sandbox does everything that is due by the
 * new time.
 */
const moveWithinMs = 60_000;

/** Creates a client for the clock of the sandbox at `apiBase`, which uses its control API. */
export function createSandboxClock(apiBase: string): SandboxClock {
  const url = new URL('/_sandbox/clock', apiBase);
  return {
    async moveTo(offsetMs) {
      // An interrupted move can leave the sandbox ahead of the engine. The sandbox's clock never
      // moves back.
      if ((await readOffset(url)) >= offsetMs) return;
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ offsetMs }),
        signal: AbortSignal.timeout(moveWithinMs),
      });
      if (!answer.ok) throw new Error(`the sandbox's clock answered ${answer.status}`);
    },
  };
}

async function readOffset(url: URL): Promise<number> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(moveWithinMs) });
  if (!answer.ok) throw new Error(`the sandbox's clock answered ${answer.status}`);
  return z.object({ offsetMs: z.number() }).parse(await answer.json()).offsetMs;
}
