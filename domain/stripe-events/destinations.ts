import { deliveredTypes } from './wake-rules.ts';

/** The events that one of the engine's destinations receives. */
export type DestinationRole = 'platform' | 'accounts' | 'account-changes';

/** The properties that Stripe cannot change after it created a destination. */
type Fixed = {
  payload: 'snapshot' | 'thin';
  from: readonly string[];
  /** The API version of the events. Thin events have none. */
  version: string | null;
};

/** A destination that the engine needs. */
export type WantedDestination = Fixed & { role: DestinationRole; types: readonly string[] };

/** A destination that exists at Stripe. */
export type KnownDestination = Fixed & {
  id: string;
  url: string | null;
  /**
   * The role in the destination's metadata. Null for a destination that the platform created for
   * itself.
   */
  role: string | null;
  types: readonly string[];
  isEnabled: boolean;
};

/** What must be done to have a wanted destination. */
export type DestinationPlan =
  | { kind: 'make'; wanted: WantedDestination }
  | { kind: 'correct'; wanted: WantedDestination; id: string; types: boolean; enable: boolean }
  | { kind: 'keep'; wanted: WantedDestination; id: string };

/**
 * The destinations that the engine needs. A destination for snapshot events serves either the
 * platform's own account or connected accounts. Sources disagree on where v2 events about accounts
 * come from, so the destination for them serves both
 * (github.com/stripe/terraform-provider-stripe/issues/6, 2026-02; docs.stripe.com/webhooks,
 * 2026-10).
 */
export function wantedDestinations(version: string): WantedDestination[] {
  const { platform, accounts, v2 } = deliveredTypes;
  return [
    { role: 'platform', payload: 'snapshot', from: ['@self'], version, types: platform },
    { role: 'accounts', payload: 'snapshot', from: ['@accounts'], version, types: accounts },
    {
      role: 'account-changes',
      payload: 'thin',
      from: ['@self', '@accounts'],
      version: null,
      types: v2,
    },
  ];
}

/**
 * Compares the wanted destinations at this URL with the existing ones. `leftover` are the engine's
 * destinations that are not wanted any more. Once the plans were carried out, all of them are
 * `keep`.
 */
export function planDestinations(
  wanted: readonly WantedDestination[],
  known: readonly KnownDestination[],
  url: string,
): { plans: DestinationPlan[]; leftover: KnownDestination[] } {
  const ours = known.filter(
    (one) => one.url === url && wanted.some(({ role }) => role === one.role),
  );
  const plans = wanted.map((one) => planOf(one, ours));
  const used = new Set(plans.map((plan) => (plan.kind === 'make' ? null : plan.id)));
  return { plans, leftover: ours.filter(({ id }) => !used.has(id)) };
}

function planOf(wanted: WantedDestination, ours: readonly KnownDestination[]): DestinationPlan {
  const found = ours.find((one) => one.role === wanted.role && isFixedAs(one, wanted));
  if (!found) return { kind: 'make', wanted };
  const { id } = found;
  const types = !isSameSet(found.types, wanted.types);
  const enable = !found.isEnabled;
  return types || enable
    ? { kind: 'correct', wanted, id, types, enable }
    : { kind: 'keep', wanted, id };
}

function isFixedAs(known: Fixed, wanted: Fixed): boolean {
  return (
    known.payload === wanted.payload &&
    known.version === wanted.version &&
    isSameSet(known.from, wanted.from)
  );
}

function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  const all = new Set([...left, ...right]);
  return all.size === new Set(left).size && all.size === new Set(right).size;
}
