import {
  recordAccepted,
  recordRefusedWebhooks,
  type RefusedWebhook,
} from '../../db/stripe-events/receipts.ts';
import type { DestinationRole } from '../../domain/stripe-events/destinations.ts';
import { roleOf } from '../../domain/stripe-events/receipts.ts';
import type { StripeEvent } from '../../domain/stripe-events/wake-rules.ts';
import type { AppDeps } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { createBatch } from './batch.ts';
import { readEvent } from './event-bodies.ts';

/** However many requests are refused, they cost one write a second. */
const batching = { gatherMs: 1000, largest: 10_000 };
/** The most milliseconds for which an accepted event of a destination is not recorded. */
const acceptedEveryMs = 60_000;
/** Seconds by which the time in a plausible signature may differ from now. */
const plausibleSeconds = 300;

type Request = { body: string; signature: string };

/** Counts accepted and refused events of each destination, without their bodies. */
export function countReceipts({ db, stripe, log }: Pick<AppDeps, 'db' | 'stripe' | 'log'>) {
  const lastAccepted = new Map<DestinationRole, number>();
  const refuse = createBatch<RefusedWebhook>((all) => recordRefusedWebhooks(db, all), batching);
  const notCounted = () => log({ level: 'warn', event: 'webhook-not-counted' });
  return {
    /** Runs a check of a request. Counts the request if the check refuses it. */
    counting<T>(request: Request, check: () => T): T {
      try {
        return check();
      } catch (error) {
        if (error instanceof Problem) {
          const claims = claimsOf(request, stripe.livemode, error.kind === 'webhook-too-old');
          if (claims) lastAccepted.delete(claims.role);
          refuse({ problem: error.kind, claims }).catch(notCounted);
        }
        throw error;
      }
    },
    /** Records that an event of a destination was accepted, at most once a minute. */
    accepted(event: StripeEvent): void {
      const role = roleOf(event);
      const now = performance.now();
      const last = lastAccepted.get(role);
      if (last !== undefined && now - last < acceptedEveryMs) return;
      lastAccepted.set(role, now);
      recordAccepted(db, [role]).catch(notCounted);
    },
  };
}

/**
 * The destination that a refused request claims to come from. Null if it is not plausible. A
 * request that is only too old was signed with one of our secrets.
 */
function claimsOf(
  { body, signature }: Request,
  livemode: boolean,
  isSigned: boolean,
): RefusedWebhook['claims'] {
  const [, signedAt] = /^t=(\d{10}),(?:v\d=[0-9a-f]{64},?)+$/.exec(signature) ?? [];
  if (signedAt === undefined) return null;
  if (!isSigned && Math.abs(Date.now() / 1000 - Number(signedAt)) > plausibleSeconds) return null;
  try {
    const read = readEvent(body);
    const { account } = read.event;
    return read.livemode === livemode ? { role: roleOf(read.event), account } : null;
  } catch {
    return null;
  }
}
