import type { SellerId } from '../domain/ids.ts';

/** One request that resolves what something stopped for. */
export type Resolving = {
  method: 'POST';
  path: string;
  body: Record<string, string>;
  when: string;
};

/** A request about a seller, as an operator would send it. */
export function sellerCommand(
  sellerId: SellerId,
  name: string,
  when: string,
  body: Record<string, string> = {},
): Resolving {
  return { method: 'POST', path: `/v1/sellers/${sellerId}/${name}`, body, when };
}

/** Why a seller stopped, and each request that lets it go on. */
export function sellerParkedOf(
  sellerId: SellerId,
  parked: string,
): { explanation: string; commands: Resolving[] } {
  switch (parked) {
    case 'account-refused':
      return {
        explanation:
          'Stripe refused to create its account: see what Stripe said in its explanation',
        commands: [
          sellerCommand(sellerId, 'retry', 'The cause is removed: the account is asked for again'),
        ],
      };
    case 'account-outcome-unknown':
      return {
        explanation: `Nobody knows whether Stripe created its account: look for seller_id ${sellerId} in the metadata of Stripe’s accounts`,
        commands: [
          sellerCommand(sellerId, 'confirm-account-created', 'Stripe has it: it is taken over', {
            stripeAccount: 'acct_...',
          }),
          sellerCommand(
            sellerId,
            'confirm-account-not-created',
            'Stripe certainly has none: it is asked for again',
          ),
        ],
      };
    case 'returned-after-close':
      return {
        explanation:
          'The bank sent a payout back after the seller was closed; the money is at its account',
        commands: [
          sellerCommand(sellerId, 'reopen', 'The seller is to be paid it after all', {
            reason: '...',
          }),
          sellerCommand(sellerId, 'retry', 'It stays closed, and the money where it is'),
        ],
      };
    default:
      return {
        explanation: `It stopped: ${parked}`,
        commands: [sellerCommand(sellerId, 'retry', 'The cause is removed: it goes on')],
      };
  }
}
