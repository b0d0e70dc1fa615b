import { z } from 'zod';
import type { SandboxClock } from '../http/context.ts';

/** A move makes everything happen that falls due on the way, which takes a while. */
const moveWithinMs = 60_000;

/** The clock of the sandbox at `apiBase`, over its control API. */
export function createSandboxClock(apiBase: string): SandboxClock {
  const url = new URL('/_sandbox/clock', apiBase);
  return {
    async moveTo(offsetMs) {
      // A move whose second half was lost left the sandbox ahead; it never goes back.
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
