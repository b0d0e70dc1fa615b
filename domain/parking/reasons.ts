import type { PayoutId, SellerId } from '../ids.ts';
import { actorAfter } from '../overdue/long-waits.ts';
import { anyRefusal, type OwnRefusal, type StripeError } from '../refusals/reasons.ts';
import { noRoute, routeParks } from '../routing/waits.ts';
import type { MoneyStep } from '../stripe.ts';
import {
  because,
  elsewhere,
  explain,
  left,
  type Park,
  payoutCommand,
  sellerCommand,
} from './commands.ts';

/** The facts about a payout that needs a person. */
export type ParkedPayout = {
  id: PayoutId;
  parkedDetail: string | null;
  unknownStep: MoneyStep | null;
  /** Why Stripe refused the payout's last request. Absent if the text is not needed. */
  refused?: StripeError | null;
  /** The same without any word of Stripe's, where a history contains it. */
  refusal?: OwnRefusal | null;
  /** True while all of its money is at the account, or on its way from there to the bank. */
  isAtAccount: boolean;
};

/** Why a payout needs a person. All but `late`, `waits-too-long` and `overdue` park it. */
export const payoutParks = {
  'outcome-unknown': {
    ui: 'a person who knows the outcome at Stripe',
    says: ({ id, unknownStep, parkedDetail }: ParkedPayout) => {
      const showed = parkedDetail === null ? '' : `. The engine’s own check: ${parkedDetail}`;
      const what = unknownStep === null ? 'carried out the request' : `made the ${unknownStep}`;
      return `It is unknown whether Stripe ${what}. Look for ${id} at Stripe${showed}`;
    },
    commands: [
      {
        name: 'confirm-sent',
        when: 'Stripe made the transfer or payout: the engine reads it and does not send it again',
        body: ({ unknownStep }: ParkedPayout) => {
          return { stripeId: unknownStep === 'payout' ? 'po_...' : 'tr_...' };
        },
      },
      {
        name: 'confirm-not-sent',
        when: 'Stripe certainly did not make the transfer or payout: the engine looks at Stripe itself, and if it finds nothing, sends it again. A request that adds `"callOff": true` to the body ends the payout instead, as does a cancellation before',
      },
      left,
    ],
    isUnknown: true,
  },
  'refused-by-stripe': {
    ui: 'a person who removes the cause of the refusal',
    says: (payout: ParkedPayout) =>
      `Stripe refused the request, for a reason that waiting does not remove. ${anyRefusal(payout).says}`,
    commands: [
      {
        name: 'retry',
        when: 'Only once the cause is removed: the request is sent again',
        isLast: (payout) => anyRefusal(payout).helps !== 'retry',
      },
      {
        name: 'cancel',
        when: 'The payout cannot be sent: its money stays where it is and is no longer reserved',
        isFirst: (payout) => anyRefusal(payout).helps === 'cancel',
      },
      { ...elsewhere, isFirst: (payout) => anyRefusal(payout).helps === 'paid-elsewhere' },
    ],
  },
  'unexpected-state': {
    ui: 'a person who compares the payout with Stripe',
    says: ({ parkedDetail }: ParkedPayout) =>
      `Stripe’s record does not match the order: ${parkedDetail ?? 'see the payout’s attempts'}`,
    commands: [
      { name: 'retry', when: 'The record was corrected at Stripe: the engine checks Stripe again' },
      left,
    ],
  },
  late: {
    says: 'The banks have had the money longer than they should. Ask Stripe for the payout’s trace, with the `stripePayoutId` that the payout shows. The payout continues automatically once Stripe reports the outcome',
    commands: [
      {
        name: 'cancel',
        when: 'Stripe should stop the payout if it still can: the engine asks Stripe, and if Stripe refuses, the payout continues to the bank',
        isSingle: true,
      },
      left,
    ],
  },
  'waits-too-long': {
    actor: ({ parkedDetail }) => actorAfter(parkedDetail),
    says: ({ parkedDetail }) =>
      `The payout has waited longer than it should for “${parkedDetail ?? 'its start'}”. The payout’s explanation says who must act and what ends the wait. The payout continues automatically when the wait ends`,
    commands: [],
  },
  overdue: {
    says: 'The payout should have continued by itself and has not, although its workflow was woken. The workflow in the Temporal UI shows what fails. Check that a worker runs and that Stripe and the database answer',
    commands: [],
  },
} satisfies Record<string, Park<ParkedPayout>>;

/** Why a payout is in the attention list. */
export type PayoutPark = keyof typeof payoutParks;

/** A payout that the banks have had longer than they should. */
export const lateAtBank = 'late' satisfies PayoutPark;

/** A payout that has waited longer than it should. */
export const tooLong = 'waits-too-long' satisfies PayoutPark;

/** A payout that did not continue when it should have. */
export const overduePayout = 'overdue' satisfies PayoutPark;

/** Why a payout stopped until a person decides. */
export type ParkReason = Exclude<PayoutPark, 'late' | typeof tooLong | typeof overduePayout>;

/** Stands for the bank account in the path of a command. */
const someBank = 'ba_...';

/**
 * Why a seller needs a person. All but `account-rejected`, `bank-account-shared`,
 * `account-unreadable`, `no-route`, `account-overdue` and `seller-overdue` park it.
 */
export const sellerParks = {
  'account-refused': {
    says: (_, detail) =>
      `Stripe refused to create the seller’s account. ${detail ?? 'The seller’s explanation shows Stripe’s answer'}`,
    commands: [
      { name: 'retry', when: 'The cause is removed: the engine requests the account again' },
    ],
  },
  'account-outcome-unknown': {
    says: (sellerId: SellerId) =>
      `It is unknown whether Stripe created the seller’s account. Look for seller_id ${sellerId} in the metadata of Stripe’s accounts`,
    commands: [
      {
        name: 'confirm-account-created',
        when: 'Stripe created the account: the engine takes it over',
        body: { stripeAccount: 'acct_...' },
      },
      {
        name: 'confirm-account-not-created',
        when: 'Stripe certainly created no account: the engine requests the account again',
      },
    ],
    isUnknown: true,
  },
  'account-rejected': {
    actor: 'platform',
    says: 'Stripe rejected the seller’s account permanently, unless the rejection is withdrawn. Until then, nothing is sent: money at the platform stays there, and money at the account stays until Stripe releases it. Nothing that the seller enters changes this, so the platform must talk to Stripe. Once the rejection is withdrawn, everything continues automatically',
    commands: [
      {
        name: 'close',
        when: 'The account stays rejected, and the seller has no money left',
        body: because,
      },
    ],
  },
  'bank-account-shared': {
    says: 'The seller’s bank account was changed to an account number that another seller already uses. One person may have entered it with several stolen logins. Nothing is sent there during a long cooling period, unless a person waives it. The list of the seller’s bank accounts names the other sellers',
    commands: [
      {
        name: `bank-accounts/${someBank}/waive-cooling`,
        when: 'The seller confirmed the change, asked through a contact that was known before',
        body: because,
      },
      {
        name: 'pause',
        when: 'The seller did not make the change: nothing is paid until you resume the seller',
        body: because,
      },
    ],
  },
  'account-unreadable': {
    says: (_, detail) => detail ?? 'The engine cannot read the seller’s account at Stripe',
    commands: [
      {
        name: 'payouts',
        when: 'The account has left the platform with money that no payout has: order a payout of it, and end the payout with its leave-with-seller',
        body: { currency: '...' },
      },
      {
        name: 'close',
        when: 'The account has left the platform, and the seller has no money left',
        body: because,
      },
    ],
  },
  'manual-payouts-refused': {
    says: 'Stripe does not allow manual payouts for the seller’s account, in its country or with this API key. Nothing is sent to the account as long as Stripe pays the account out automatically',
    commands: [
      {
        name: 'retry',
        when: 'Stripe allows manual payouts now, or they are set already: the engine sets them and reads the account',
      },
      { name: 'close', when: 'The seller cannot be paid this way', body: because },
    ],
  },
  'returned-after-close': {
    says: 'The bank returned a payout after the seller was closed. The money is at the seller’s account',
    commands: [
      { name: 'reopen', when: 'The seller should receive the money after all', body: because },
      { name: 'retry', when: 'The seller stays closed, and the money stays where it is' },
    ],
  },
  'money-after-close': {
    says: 'Money came to the seller’s account after the seller was closed. It is recorded, and nobody pays it out. If the engine did not order it, a discrepancy asks what it was for',
    commands: [
      { name: 'reopen', when: 'The seller should receive the money', body: because },
      { name: 'retry', when: 'The seller stays closed, and the money stays where it is' },
    ],
  },
  ...routeParks,
  'account-overdue': {
    says: 'The seller’s account has not been created for an hour, so the seller cannot be paid. The seller’s explanation shows what Stripe answered. The engine tries again by itself',
    commands: [],
  },
  'seller-overdue': {
    says: 'The seller’s workflow should have acted and has not, although it was woken: no payout of the seller starts meanwhile. The workflow in the Temporal UI shows what fails. Check that a worker runs and that Stripe and the database answer',
    commands: [],
  },
} satisfies Record<string, Park<SellerId>>;

/** Why a seller is in the attention list. */
export type SellerPark = keyof typeof sellerParks;

/** The reasons that several rules use, so that each reason is spelled only once. */
export const parkNames = {
  accountRefused: 'account-refused',
  accountUnknown: 'account-outcome-unknown',
  outcomeUnknown: 'outcome-unknown',
  refused: 'refused-by-stripe',
  moneyAfterClose: 'money-after-close',
  returnedAfterClose: 'returned-after-close',
  unexpectedState: 'unexpected-state',
} as const satisfies Record<string, PayoutPark | SellerPark>;

/** Stripe rejects the account, permanently unless the rejection is withdrawn. */
export const rejection = 'account-rejected' satisfies SellerPark;

/** The seller changed to the account number of another seller; a cooling period lasts. */
export const sharedBank = 'bank-account-shared' satisfies SellerPark;

/** Stripe refuses a read of the seller's account. */
export const unreadable = 'account-unreadable' satisfies SellerPark;

/** A seller whose account the engine has tried to create for too long. */
export const notCreated = 'account-overdue' satisfies SellerPark;

/** A seller whose workflow did not act when it should have. */
export const overdueSeller = 'seller-overdue' satisfies SellerPark;

/** Why a seller's workflow stopped until a person decides. */
export type SellerParkReason = Exclude<
  SellerPark,
  | typeof rejection
  | typeof sharedBank
  | typeof unreadable
  | typeof noRoute
  | typeof notCreated
  | typeof overdueSeller
>;

/** What ends a rejection, as the API says it. */
export const takenBack =
  'Withdrawing the rejection. The platform withdraws its own rejection in Stripe’s Dashboard. Only Stripe withdraws a rejection by Stripe: the platform asks Stripe';

/** Why a payout needs a person, and each command that resolves it. */
export function payoutParkOf(parked: PayoutPark, payout: ParkedPayout) {
  return explain(payoutParks[parked], payout, (...named) => payoutCommand(payout.id, ...named));
}

/**
 * As `payoutParkOf`, for a seller. `detail` is a bank account, or why the account is unreadable.
 */
export function sellerParkOf(parked: SellerPark, sellerId: SellerId, detail: string | null = null) {
  const commandOf = (name: string, ...more: [string, Record<string, string>?]) =>
    sellerCommand(sellerId, name.replace(someBank, detail ?? someBank), ...more);
  return explain(sellerParks[parked], sellerId, commandOf, detail);
}

/** True if a person may retry or cancel what is parked for this reason, also in a list of many. */
export function offers(parked: PayoutPark | SellerPark, name: 'retry' | 'cancel'): boolean {
  return rowOf(parked).commands.some((one) => one.name === name && !one.isSingle);
}

/** True if a person must check Stripe before anything is tried again. */
export function isUnknown(parked: PayoutPark | SellerPark): boolean {
  return rowOf(parked).isUnknown === true;
}

function rowOf(parked: PayoutPark | SellerPark): Park<never> {
  return { ...payoutParks, ...sellerParks }[parked];
}
