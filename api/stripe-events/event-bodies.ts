import { z } from 'zod';
import type { StripeEvent } from '../../domain/stripe-events/wake-rules.ts';
import { Problem } from '../http/problems.ts';
import { brokenRules } from '../http/validation.ts';

/** The format of every Stripe id. The database accepts nothing else. */
const Id = z.string().regex(/^[\x21-\x7e]{1,255}$/);
const Account = z.string().regex(/^acct_[0-9A-Za-z_]{1,100}$/);

const Snapshot = z.object({
  object: z.literal('event'),
  id: Id,
  type: Id,
  account: Account.nullish(),
  livemode: z.boolean(),
  data: z.object({
    object: z.object({ id: Id.nullish() }),
    previous_attributes: z.object({ arrival_date: z.unknown() }).partial().nullish(),
  }),
});

const Thin = z.object({
  object: z.literal('v2.core.event'),
  id: Id,
  type: Id,
  context: Id.nullish(),
  livemode: z.boolean(),
  related_object: z.object({ id: Id }).nullish(),
});

const Event = z.discriminatedUnion('object', [Snapshot, Thin]);

/**
 * Reads only the ids of an event, and whether it changes the arrival date of a payout. Throws the
 * problem `webhook-unreadable`.
 */
export function readEvent(body: string): { event: StripeEvent; livemode: boolean } {
  const parsed = Event.safeParse(parseJson(body));
  if (!parsed.success) {
    const errors = parsed.error.issues.flatMap((issue) => brokenRules(issue, 'body'));
    throw new Problem('webhook-unreadable', 'This is not a Stripe event', { errors });
  }
  const { data } = parsed;
  return {
    livemode: data.livemode,
    event: data.object === 'event' ? fromSnapshot(data) : fromThin(data),
  };
}

function fromSnapshot({ id, type, account, data }: z.infer<typeof Snapshot>): StripeEvent {
  const ids = { eventId: id, type, account: account ?? null, objectId: data.object.id ?? null };
  const moved = data.previous_attributes?.arrival_date !== undefined;
  return { ...ids, ...(moved && { arrivalMoved: true }) };
}

/**
 * Converts a thin event. `v1.payout.failed` means the same as the snapshot event `payout.failed`.
 * An event about an account may have the platform as its context; then the related object is the
 * account.
 */
function fromThin({ id, type, context, related_object }: z.infer<typeof Thin>): StripeEvent {
  const objectId = related_object?.id ?? null;
  const named = type.startsWith('v2.core.account') ? objectId : context?.split('/').at(-1);
  const account = Account.safeParse(named);
  return {
    eventId: id,
    type: type.replace(/^v1\./, ''),
    account: account.success ? account.data : null,
    objectId,
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
