import type { SellerId } from '../../domain/ids.ts';
import { because, type Resolving, sellerCommand } from '../waits.ts';

/** What ends a rejection. */
export const takenBack =
  'Taking the rejection back: the platform its own in Stripe’s Dashboard, Stripe’s only Stripe, whom the platform asks';
const keptAutomatic =
  'Stripe does not let the payouts of its account be set to manual, in its country or by this API key; as long as Stripe pays the account out by itself, nothing is sent there';

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
    case 'account-rejected':
      return {
        explanation:
          'Stripe rejected its account, for good unless that is taken back: nothing that the seller enters changes it, so the platform talks to Stripe. Nothing is sent meanwhile: money at the platform stays there, money at the account stays until Stripe lets it go. Once it is taken back, all goes on by itself',
        commands: [
          sellerCommand(sellerId, 'close', 'It stays rejected, and has no money any more', because),
        ],
      };
    case 'manual-payouts-refused':
      return {
        explanation: keptAutomatic,
        commands: [
          sellerCommand(sellerId, 'retry', 'It can be set now, or is manual: it is set and read'),
          sellerCommand(sellerId, 'close', 'It cannot be paid this way', because),
        ],
      };
    case 'returned-after-close':
      return {
        explanation:
          'The bank sent a payout back after the seller was closed; the money is at its account',
        commands: [
          sellerCommand(sellerId, 'reopen', 'The seller is to be paid it after all', because),
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
