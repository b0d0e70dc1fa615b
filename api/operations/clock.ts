import { type OpenAPIHono, z } from '@hono/zod-openapi';
import {
  type ClockReading,
  isRequestOpen,
  lockClock,
  moveClock,
  readClock,
} from '../../db/operations/clock.ts';
import { type AppDeps, type AppEnv, createRoutes, type SandboxClock } from '../http/context.ts';
import { brokenRule, Problem } from '../http/problems.ts';
import { defineRoute } from '../http/define-route.ts';
import { answer, body, GivenInstant, Instant } from '../http/schemas.ts';

const Clock = z.object({ now: Instant, offsetMs: z.int() }).openapi('Clock', {
  description: 'Business time, and how many milliseconds it is ahead of real time',
});

/**
 * The farthest that one request may move the clock. The clock never moves back, so a mistyped year
 * would make a sandbox unusable.
 */
const minutesInTenYears = 10 * 366 * 24 * 60;
const farthestMs = minutesInTenYears * 60_000;
const Move = z
  .strictObject({
    advanceMinutes: z.int().min(1).max(minutesInTenYears).optional(),
    to: GivenInstant.optional(),
  })
  .refine(
    ({ advanceMinutes, to }) => (advanceMinutes === undefined) !== (to === undefined),
    'must have either advanceMinutes or to',
  )
  .openapi('ClockMove', {
    description: 'At most ten years',
    oneOf: [{ required: ['advanceMinutes'] }, { required: ['to'] }],
  });

const responses = { 200: answer(Clock, 'The clock') };

const readRoute = defineRoute({
  method: 'get',
  path: '/v1/test/clock',
  summary: 'Get the clock (sandbox only)',
  tags: ['Test'],
  responses,
});

const moveRoute = defineRoute({
  method: 'post',
  path: '/v1/test/clock',
  summary: 'Move the clock forward (sandbox only)',
  description:
    'Everything that is due by the new time happens, as if the time had passed. The clock never moves back.',
  tags: ['Test'],
  request: { body: body(Move) },
  responses,
});

/**
 * Routes that read and move the clock in tests and in the demo. They exist only with the sandbox;
 * otherwise they answer with the problem `unknown-path`.
 */
export function clockRoutes(deps: AppDeps): OpenAPIHono<AppEnv> {
  const routes = createRoutes();
  routes.openapi(readRoute, async (c) => {
    sandboxClockOf(deps);
    return c.json(await readClock(deps.db), 200);
  });
  routes.openapi(moveRoute, async (c) => {
    const sandboxClock = sandboxClockOf(deps);
    await moveTime(deps, sandboxClock, c.req.valid('json'));
    deps.wakeSoon();
    return c.json(await readClock(deps.db), 200);
  });
  return routes;
}

function sandboxClockOf({ sandboxClock }: AppDeps): SandboxClock {
  if (!sandboxClock)
    throw new Problem('unknown-path', 'Only the sandbox has a clock that can be moved');
  return sandboxClock;
}

/**
 * The farthest move while a request to Stripe has no answer. Stripe forgets a key after 24 hours,
 * and the engine does not post a key after 12 hours.
 */
const farthestMsWhileOpen = 11 * 60 * 60 * 1000;

/**
 * Moves the sandbox's clock first and the engine's clock second. If the second move fails, the
 * engine is only late, and the same request completes the move.
 */
async function moveTime(
  { db }: AppDeps,
  sandboxClock: SandboxClock,
  move: z.infer<typeof Move>,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const clock = await lockClock(tx);
    const offsetMs = offsetAfter(clock, move);
    if (offsetMs < clock.offsetMs) {
      throw new Problem('clock-moves-forward', `The clock already shows ${clock.now}`);
    }
    if (offsetMs - clock.offsetMs > farthestMs) throw tooFar(clock);
    if (offsetMs - clock.offsetMs > farthestMsWhileOpen && (await isRequestOpen(tx))) {
      throw new Problem(
        'request-in-flight',
        'Move the clock by at most 11 hours, or wait until Stripe has answered',
      );
    }
    await sandboxClock.moveTo(offsetMs).catch(() => {
      throw new Problem(
        'unavailable',
        'The sandbox’s clock did not move. Send the same request again',
      );
    });
    await moveClock(tx, offsetMs);
  });
}

function tooFar({ now }: ClockReading): Problem {
  const rule = `must be at most ten years after the clock’s time, ${now}`;
  return brokenRule('body', ['to'], rule);
}

function offsetAfter(clock: ClockReading, { advanceMinutes, to }: z.infer<typeof Move>): number {
  if (to === undefined) return clock.offsetMs + (advanceMinutes ?? 0) * 60_000;
  return clock.offsetMs + (Date.parse(to) - Date.parse(clock.now));
}
