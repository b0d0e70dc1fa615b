import type { DestinationRole } from './destinations.ts';

/**
 * The destination that sends an event: v2 events have their own, other events depend on the
 * account.
 */
export function roleOf({
  type,
  account,
}: {
  type: string;
  account: string | null;
}): DestinationRole {
  if (type.startsWith('v2.')) return 'account-changes';
  return account === null ? 'platform' : 'accounts';
}

/** What a destination sends, in words. */
export const roleWords = {
  platform: "the platform's own events",
  accounts: "events of sellers' accounts",
  'account-changes': 'changes of accounts',
} satisfies Record<DestinationRole, string>;

/** After this many refused events without an accepted one, a destination counts as refused. */
export const refusedEvents = 3;

/** Hours after the last refused event until nobody tries any more. Stripe retries within hours. */
export const refusedHours = 24;

/** Minutes in which Stripe delivers an event, or tries at least. */
export const undeliveredMinutes = 30;

/** Minutes between two looks at the destinations at Stripe. */
export const lookMinutes = 10;

/** A destination as the engine sees it. */
export type Receipt = {
  role: DestinationRole;
  fault: 'missing' | 'disabled' | 'wrong-types' | null;
  /** Refused since the last accepted event; 0 if the last refusal is long ago. */
  refused: number;
  refusedBecause: string | null;
  acceptedAt: string | null;
  /** True if Stripe's lists show events of this destination that never arrived. */
  isSilent: boolean;
};

/** The failed check about destinations of Stripe's events. Empty if all of them work. */
export function webhookChecks(receipts: readonly Receipt[]): { name: string; remedy: string }[] {
  const faults = receipts.flatMap((one) => {
    const fault = faultOf(one);
    return fault === null ? [] : [`The destination for ${roleWords[one.role]} ${fault}`];
  });
  if (faults.length === 0) return [];
  const meanwhile =
    'Meanwhile, the sweep reads what Stripe lists, and payouts are followed by their dates';
  return [{ name: 'webhooks', remedy: `${faults.join('. ')}. ${meanwhile}.` }];
}

function faultOf({ fault, refused, refusedBecause, acceptedAt, isSilent }: Receipt): string | null {
  const since = acceptedAt === null ? 'so far' : `since ${acceptedAt}`;
  if (fault === 'missing') return 'does not exist at Stripe: run npm run setup in a terminal';
  if (fault === 'disabled') {
    return 'is disabled at Stripe: correct the cause, then run npm run setup, which enables it';
  }
  if (fault === 'wrong-types') return 'lacks types of events: run npm run setup';
  if (refused >= refusedEvents) {
    const remedy =
      refusedBecause === 'webhook-too-old'
        ? 'Check the clock of the API’s machine'
        : 'Check STRIPE_WEBHOOK_SECRETS: docs/operating.md, "Keys"';
    return `is refused (${refusedBecause}): ${refused} events, and none was accepted ${since}. ${remedy}`;
  }
  if (!isSilent) return null;
  return `is silent: Stripe lists events of it, and none was accepted ${since}. Check that Stripe can reach WEBHOOK_URL: Stripe Dashboard, Workbench, Webhooks`;
}
