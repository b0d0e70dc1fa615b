import { Refused } from './calls.ts';
import { listAll, type Scene } from './scene.ts';

type Attention = { kind: 'payout' | 'seller'; id: string; reason: string };
type Named = { id: string; metadata: Record<string, string> };
type Book = {
  accounts: Named[];
  transfers: (Named & { reversed: boolean })[];
  payouts: (Named & { status: string })[];
};

/**
 * Resolves unknown outcomes like a careful operator: looks them up in Stripe's book and reports the
 * result to the engine. Returns how many were resolved. Everything else is left to the audit.
 */
export async function actAsOperator({ api, control, count }: Scene): Promise<number> {
  const listed = await listAll<Attention>(api, '/v1/attention');
  const unknown = listed.filter(({ reason }) => reason.endsWith('outcome-unknown'));
  if (unknown.length === 0) return 0;
  const book = (await control('GET', '/book')) as Book;
  let resolved = 0;
  for (const { kind, id } of unknown) {
    const order = kind === 'seller' ? aboutSeller(book, id) : await aboutPayout(id);
    if (!order) continue;
    resolved += await api('POST', order.path, order.body).then(() => 1, notNow);
  }
  count.resolved += resolved;
  return resolved;

  async function aboutPayout(id: string) {
    const { parked } = (await api('GET', `/v1/payouts/${id}`)) as {
      parked: { step: string | null } | null;
    };
    if (!parked) return undefined;
    const isOf = ({ metadata }: Named): boolean => metadata['payout_id'] === id;
    const found =
      parked.step === 'transfer'
        ? book.transfers.find((one) => isOf(one) && !one.reversed)
        : book.payouts.find(isOf);
    return found
      ? { path: `/v1/payouts/${id}/confirm-sent`, body: { stripeId: found.id } }
      : { path: `/v1/payouts/${id}/confirm-not-sent`, body: {} };
  }
}

/** Lifts every stop of all money by its name: a killed strike may have left its own stop open. */
export async function liftStops({ api }: Scene): Promise<void> {
  const { stops } = (await api('GET', '/v1/operations')) as { stops: { id: string }[] };
  for (const { id: stopId } of stops) {
    await api('POST', '/v1/operations/resume-money', { stopId, reason: 'chaos is over' });
  }
}

function aboutSeller({ accounts }: Book, id: string) {
  const found = accounts.find(({ metadata }) => metadata['seller_id'] === id);
  const path = `/v1/sellers/${id}/confirm-account`;
  return found
    ? { path: `${path}-created`, body: { stripeAccount: found.id } }
    : { path: `${path}-not-created`, body: {} };
}

/**
 * The engine may have resolved the outcome after the list was read. It refuses to believe that
 * nothing was sent if it finds something at Stripe or cannot ask Stripe: the operator looks again.
 */
function notNow(error: unknown): number {
  if (!(error instanceof Refused)) throw error;
  if (error.kind.endsWith('-not-parked') || lookAgain.has(error.kind)) return 0;
  throw error;
}

const lookAgain = new Set([
  'found-at-stripe',
  'stripe-unavailable',
  'stripe-refused',
  'unavailable',
]);

/**
 * Creates an API key and revokes it, so that the audit can try it at the end. Returns the key, or
 * nothing if the only answer that contains the key was lost.
 */
export async function revokeKey({ api }: Scene): Promise<string[]> {
  const body = { name: 'revoked by chaos', role: 'read' };
  const { id, key } = (await api('POST', '/v1/api-keys', body)) as { id: string; key?: string };
  await api('POST', `/v1/api-keys/${id}/revoke`, {});
  return key === undefined ? [] : [key];
}
