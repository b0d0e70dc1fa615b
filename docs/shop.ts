/** Someone who sells in your shop. */
export type User = { id: string; name: string; email: string; country: string };

/** A paid order. `sellerGets` is what you owe the seller, in cents; `charge` is Stripe's `ch_...`. */
export type Order = { id: string; sellerId: string; charge: string; sellerGets: number };

/** What the engine reports: codes and amounts, no personal data. */
export type Event = {
  type: string;
  sellerId: string | null;
  data: { reason: string | null; money: { amount: number; currency: string } | null };
};

/** A user begins to sell: creates the seller, paid every Friday. Store the returned id. */
export async function createSeller({ id, name, email, country }: User): Promise<string> {
  const schedule = { interval: 'weekly', weekdays: ['friday'], timeZone: 'Europe/Berlin' };
  const seller = { externalId: id, displayName: name, email, country, schedule };
  return (await ask<{ id: string }>('/v1/sellers', seller, `seller ${id}`)).id;
}

/** The seller wants to be paid: returns Stripe's page. Redirect the browser; never email it. */
export async function onboardingPage(sellerId: string, backTo: string): Promise<string> {
  const urls = { returnUrl: backTo, refreshUrl: backTo };
  return (await ask<{ url: string }>(`/v1/sellers/${sellerId}/onboarding-link`, urls)).url;
}

/** A customer has paid an order: records what you owe the seller. Paydays pay it. */
export async function orderPaid({ id, sellerId, charge, sellerGets }: Order): Promise<void> {
  const earning = { externalId: id, amount: sellerGets, currency: 'eur', charge };
  await ask(`/v1/sellers/${sellerId}/earnings`, earning, `order ${id}`);
}

/** Handles the next events after a cursor. Store the returned cursor; if it is new, call again. */
export async function readEvents(
  cursor: string | null,
  handle: (event: Event) => Promise<void>,
): Promise<string | null> {
  const after = cursor === null ? '' : `&cursor=${cursor}`;
  const page = await ask<{ data: Event[]; nextCursor: string | null }>(
    `/v1/events?limit=100${after}`,
  );
  for (const event of page.data) await handle(event);
  return page.nextCursor;
}

/** Sends one request. Repeat it with the same `idempotencyKey` until it returns. */
async function ask<Answer>(path: string, body?: object, idempotencyKey?: string): Promise<Answer> {
  const answer = await fetch(`${process.env.ENGINE_URL}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${process.env.ENGINE_KEY}`,
      'content-type': 'application/json',
      ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}
