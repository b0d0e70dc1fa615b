import type { PayoutId, SellerId } from '../ids.ts';

/** A request to the API that resolves a problem, as an operator would send it. */
export type Resolving = {
  method: 'POST';
  path: string;
  body: Record<string, string>;
  when: string;
};

/** A request to the API; `path` begins after the version. */
export function command(path: string, when: string, body: Record<string, string> = {}): Resolving {
  return { method: 'POST', path: `/v1/${path}`, body, when };
}

/** A request about a payout. */
export function payoutCommand(
  payoutId: PayoutId,
  name: string,
  when: string,
  body: Record<string, string> = {},
): Resolving {
  return command(`payouts/${payoutId}/${name}`, when, body);
}

/** A request about a seller. */
export function sellerCommand(
  sellerId: SellerId,
  name: string,
  when: string,
  body: Record<string, string> = {},
): Resolving {
  return command(`sellers/${sellerId}/${name}`, when, body);
}

/** A request for the link to Stripe's page, where a seller enters details or a bank account. */
export function onboardingLink(sellerId: SellerId, when: string): Resolving {
  const urls = { returnUrl: 'https://...', refreshUrl: 'https://...' };
  return sellerCommand(sellerId, 'onboarding-link', when, urls);
}

/** The body of a command that needs a reason. */
export const because = { reason: '...' };
