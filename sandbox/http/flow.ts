import { lockTimeout } from '../core/errors.ts';
import type { Fault } from '../disturbances/faults.ts';
import type { Answer, StripeRequest } from './exchange.ts';
import { keyInUse } from './idempotency.ts';
import { answerWithFault, process, refuseOutside } from './process.ts';
import { recordDropped } from './request-log.ts';
import type { Surface } from './surface.ts';

/** What the server does after a request: write an answer, or close the connection without one. */
export type Outcome = Answer | 'drop';

/**
 * Processes one Stripe request: limits, holds and faults apply, and its effect is a single
 * transaction.
 */
export async function answerStripe(
  surface: Surface,
  request: StripeRequest,
  isGone: () => boolean,
): Promise<Outcome> {
  const limited = surface.limits.admit(request.method, request.path);
  if (limited) return refuseOutside(surface, request, limited);
  try {
    return await disturbed(surface, request, isGone);
  } finally {
    surface.limits.leave(request.method, request.path);
  }
}

async function disturbed(
  surface: Surface,
  request: StripeRequest,
  isGone: () => boolean,
): Promise<Outcome> {
  const passed = await surface.holds.pass('before', request);
  if (passed === 'drop' || isGone()) return dropUndone(surface, request);
  const fault = surface.faults.take(request) ?? surface.plan.take(request);
  if (fault && fault.delayMs > 0) await new Promise((done) => setTimeout(done, fault.delayMs));
  if (fault?.kind === 'drop-before') return dropUndone(surface, request);
  if (fault?.kind === 'status' && !fault.stored && !fault.processed) {
    return answerWithFault(surface, request, fault);
  }
  const answer = await inFlight(surface, request, fault);
  if (answer === 'drop' || fault?.kind === 'drop-after') return 'drop';
  return (await surface.holds.pass('after', request)) === 'drop' ? 'drop' : answer;
}

/**
 * Processes a request and reserves its key: until the request has an answer, a second request with
 * the same key is refused.
 */
async function inFlight(
  surface: Surface,
  request: StripeRequest,
  fault: Fault | undefined,
): Promise<Outcome> {
  const mark = request.key === null ? null : `${request.version}:${request.account}:${request.key}`;
  if (mark !== null && surface.inFlight.has(mark)) {
    return refuseOutside(surface, request, keyInUse(request.key ?? ''));
  }
  if (request.method === 'POST' && surface.holds.isLocked(request)) {
    return refuseOutside(surface, request, lockTimeout());
  }
  if (mark !== null) surface.inFlight.add(mark);
  try {
    // A request in flight is processed even if its client has disconnected.
    const passed = await surface.holds.pass('during', request);
    const answer = process(surface, request, fault?.kind === 'status' ? fault : undefined);
    return passed === 'drop' ? 'drop' : answer;
  } finally {
    if (mark !== null) surface.inFlight.delete(mark);
  }
}

function dropUndone(surface: Surface, request: StripeRequest): 'drop' {
  recordDropped(surface.w, request);
  return 'drop';
}
