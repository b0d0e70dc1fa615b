import type { Stripe } from 'stripe';
import type {
  DestinationPlan,
  KnownDestination,
  WantedDestination,
} from '../../domain/stripe-events/destinations.ts';
import type { StripeDeps } from '../stripe/call-once.ts';

type Deps = Pick<StripeDeps, 'stripe' | 'turns'>;

/** The metadata key in which a destination of ours records its role. */
const roleKey = 'payout_engine';

/** Lists every event destination of the platform. Throws Stripe's errors. */
export async function listDestinations({ stripe, turns }: Deps): Promise<KnownDestination[]> {
  await turns.take('GET /v2/core/event_destinations');
  const include = ['webhook_endpoint.url' as const];
  // Stripe allows at most 16 of each kind.
  const { data } = await stripe.v2.core.eventDestinations.list({ include, limit: 100 });
  return data.map((one) => fromStripe(one));
}

/** Creates a destination. Returns its signing secret, which Stripe shows only once. */
export async function createDestination(
  { stripe, turns }: Deps,
  { role, payload, from, version, types }: WantedDestination,
  url: string,
): Promise<{ id: string; secret: string | null }> {
  await turns.take('POST /v2/core/event_destinations');
  const made = await stripe.v2.core.eventDestinations.create({
    name: `payout-engine: ${role}`,
    description: 'Made by the set-up of payout-engine, which corrects it',
    type: 'webhook_endpoint',
    event_payload: payload,
    events_from: [...from],
    enabled_events: [...types],
    ...(version !== null && { snapshot_api_version: version }),
    metadata: { [roleKey]: role },
    webhook_endpoint: { url },
    include: ['webhook_endpoint.signing_secret'],
  });
  return { id: made.id, secret: made.webhook_endpoint?.signing_secret ?? null };
}

/** Sets the event types that a destination needs, and enables the destination. */
export async function correctDestination(
  { stripe, turns }: Deps,
  { id, wanted, types, enable }: Extract<DestinationPlan, { kind: 'correct' }>,
): Promise<void> {
  if (types) {
    await turns.take('POST /v2/core/event_destinations');
    await stripe.v2.core.eventDestinations.update(id, { enabled_events: [...wanted.types] });
  }
  if (enable) {
    await turns.take('POST /v2/core/event_destinations');
    await stripe.v2.core.eventDestinations.enable(id);
  }
}

function fromStripe(one: Stripe.V2.Core.EventDestination): KnownDestination {
  const url = one.webhook_endpoint?.url;
  return {
    id: one.id,
    url: url ? (URL.parse(url)?.href ?? url) : null,
    role: one.metadata?.[roleKey] ?? null,
    payload: one.event_payload,
    from: one.events_from ?? [],
    version: one.snapshot_api_version ?? null,
    types: one.enabled_events,
    isEnabled: one.status === 'enabled',
  };
}
