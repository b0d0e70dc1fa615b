import type { Stripe } from 'stripe';
import { describe, expect, test } from 'vitest';
import { deliveredTypes, whomToWake } from '../../../domain/stripe-events/wake-rules.ts';

const account = 'acct_1';

describe('an event', () => {
  const table: [type: string, account: string | null, wakes: string, why: string][] = [
    // type                                     account  wakes            why
    ['payout.paid', account, 'payout', 'the bank has it'],
    ['payout.failed', account, 'payout', 'the bank refused it, now or after it was paid'],
    ['payout.canceled', account, 'payout', 'somebody stopped it'],
    ['payout.created', account, 'seller-unless-ours', 'somebody made it in the Dashboard'],
    ['payout.paid_out', account, 'nobody', 'a name that only begins so'],
    ['transfer.created', null, 'nobody', 'we made it ourselves'],
    ['account.updated', account, 'seller', 'capabilities may have changed'],
    ['capability.updated', account, 'seller', 'one did'],
    ['account.external_account.created', account, 'seller', 'new bank details'],
    ['account.external_account.updated', account, 'seller', 'other bank details'],
    ['account.external_account.deleted', account, 'seller', 'no bank details'],
    ['account.application.deauthorized', account, 'seller', 'it left the platform'],
    ['balance_settings.updated', account, 'seller', 'payouts may not be manual any more'],
    ['v2.core.account.updated', null, 'seller', 'the v2 word for it'],
    ['v2.core.account.closed', null, 'seller', 'it is closed'],
    ['v2.core.account[requirements].updated', null, 'seller', 'the seller has to do something'],
    [
      'v2.core.account[configuration.recipient].capability_status_updated',
      null,
      'seller',
      'the capabilities that payouts need',
    ],
    ['v2.core.account[configuration.merchant].updated', null, 'nobody', 'not what we use'],
    ['charge.succeeded', null, 'nobody', 'earnings are rows, not messages'],
    ['charge.succeeded', account, 'seller-if-stale', 'money came straight to the account'],
    ['something.new', null, 'nobody', 'what is not known is only stored'],
  ];
  test.each(table)('%s of %s wakes the %s: %s', (type, account, wakes) => {
    expect(whomToWake({ type, account }).wakes).toBe(wakes);
  });

  test.each([
    [true, 'payout', 'the bank is expected to have it on another day'],
    [false, 'nobody', 'it says nothing that paid or failed does not'],
  ])('payout.updated whose arrival moved, %s, wakes the %s: %s', (arrivalMoved, wakes) => {
    expect(whomToWake({ type: 'payout.updated', account, arrivalMoved }).wakes).toBe(wakes);
  });

  // The compiler knows that these are names of Stripe's.
  const named: readonly Stripe.WebhookEndpointCreateParams.EnabledEvent[] = deliveredTypes.accounts;
  const ofAccounts: readonly string[] = named;

  test('that wakes somebody is one that Stripe is asked to send', () => {
    for (const [type, account, wakes] of table) {
      const { platform, v2 } = deliveredTypes;
      const delivered = type.startsWith('v2.') ? v2 : account === null ? platform : ofAccounts;
      expect(delivered.includes(type), type).toBe(wakes !== 'nobody');
    }
  });

  test('that Stripe is asked to send wakes somebody', () => {
    const asked = [
      ...deliveredTypes.platform.map((type) => ({ type, account: null })),
      ...deliveredTypes.accounts.map((type) => ({ type, account })),
      ...deliveredTypes.v2.map((type) => ({ type, account: null })),
    ];
    for (const event of asked) {
      const { wakes } = whomToWake({ ...event, arrivalMoved: true });
      expect(wakes, event.type).not.toBe('nobody');
    }
  });

  test.each<[account: string | null, place: string, why: string]>([
    [null, 'platform-balance', 'transfers wait for it'],
    [account, 'account-balance', 'payouts of that account wait for it'],
  ])('balance.available of %s wakes who waits for the %s: %s', (account, place) => {
    expect(whomToWake({ type: 'balance.available', account })).toEqual({
      wakes: 'waiting-payouts',
      for: place,
    });
  });
});
