import { because, payoutCommand, type Resolving, sellerCommand } from './commands.ts';
import type { PayoutId, SellerId } from '../ids.ts';
import type { MoneyStep } from '../stripe.ts';

/** What is known of a payout that needs a person. */
export type ParkedPayout = {
  id: PayoutId;
  parkedDetail: string | null;
  unknownStep: MoneyStep | null;
};

/** One reason to need a person. */
type Park<Facts> = {
  /** Completes "Waits for" in the Temporal UI, where a payout's workflow waits for the person. */
  ui?: string;
  /** What happened, for the person who decides. */
  says: string | ((facts: Facts) => string);
  /** What resolves it; nothing where only somebody outside the engine can. */
  commands: {
    name: string;
    when: string;
    body?: Record<string, string> | ((facts: Facts) => Record<string, string>);
  }[];
  /** Nobody knows what Stripe did: a person looks there before anything is tried again. */
  isUnknown?: true;
};

/** Why a payout needs a person. All but `late` park it. */
export const payoutParks = {
  'outcome-unknown': {
    ui: 'a person who knows what became of it',
    says: ({ id, unknownStep, parkedDetail }: ParkedPayout) => {
      const showed = parkedDetail === null ? '' : `. Its own look there: ${parkedDetail}`;
      return `Nobody knows whether Stripe made the ${unknownStep ?? 'request'}: look for ${id} at Stripe${showed}`;
    },
    commands: [
      {
        name: 'confirm-sent',
        when: 'It is at Stripe: it is looked at and not sent again',
        body: ({ unknownStep }: ParkedPayout) => {
          return { stripeId: unknownStep === 'payout' ? 'po_...' : 'tr_...' };
        },
      },
      { name: 'confirm-not-sent', when: 'It is certainly not at Stripe: it is sent again' },
    ],
    isUnknown: true,
  },
  'refused-by-stripe': {
    ui: 'a person who removes the cause',
    says: 'Stripe refused it for a reason that waiting does not cure: see its attempts',
    commands: [
      { name: 'retry', when: 'The cause is removed: it is sent again' },
      { name: 'cancel', when: 'It cannot be sent: its money is free where it is' },
    ],
  },
  'unexpected-state': {
    ui: 'a person who compares it with Stripe',
    says: ({ parkedDetail }: ParkedPayout) =>
      `What is at Stripe does not match what was ordered: ${parkedDetail ?? 'see its attempts'}`,
    commands: [{ name: 'retry', when: 'It was put right at Stripe: it looks there again' }],
  },
  late: {
    says: 'The banks have it for longer than they should take: ask Stripe for its trace; it goes on by itself once Stripe says what became of it',
    commands: [],
  },
} satisfies Record<string, Park<ParkedPayout>>;

/** Why a payout is in the attention list. */
export type PayoutPark = keyof typeof payoutParks;

/** Why a payout stopped until a person decides. */
export type ParkReason = Exclude<PayoutPark, 'late'>;

/** Why a seller needs a person. All but `account-rejected` park it. */
export const sellerParks = {
  'account-refused': {
    says: 'Stripe refused to create its account: see what Stripe said in its explanation',
    commands: [{ name: 'retry', when: 'The cause is removed: the account is asked for again' }],
  },
  'account-outcome-unknown': {
    says: (sellerId: SellerId) =>
      `Nobody knows whether Stripe created its account: look for seller_id ${sellerId} in the metadata of Stripe’s accounts`,
    commands: [
      {
        name: 'confirm-account-created',
        when: 'Stripe has it: it is taken over',
        body: { stripeAccount: 'acct_...' },
      },
      {
        name: 'confirm-account-not-created',
        when: 'Stripe certainly has none: it is asked for again',
      },
    ],
    isUnknown: true,
  },
  'account-rejected': {
    says: 'Stripe rejected its account, for good unless that is taken back: nothing that the seller enters changes it, so the platform talks to Stripe. Nothing is sent meanwhile: money at the platform stays there, money at the account stays until Stripe lets it go. Once it is taken back, all goes on by itself',
    commands: [
      {
        name: 'close',
        when: 'It stays rejected, and has no money any more',
        body: because,
      },
    ],
  },
  'manual-payouts-refused': {
    says: 'Stripe does not let the payouts of its account be set to manual, in its country or by this API key; as long as Stripe pays the account out by itself, nothing is sent there',
    commands: [
      { name: 'retry', when: 'It can be set now, or is manual: it is set and read' },
      { name: 'close', when: 'It cannot be paid this way', body: because },
    ],
  },
  'returned-after-close': {
    says: 'The bank sent a payout back after the seller was closed; the money is at its account',
    commands: [
      { name: 'reopen', when: 'The seller is to be paid it after all', body: because },
      { name: 'retry', when: 'It stays closed, and the money where it is' },
    ],
  },
} satisfies Record<string, Park<SellerId>>;

/** Why a seller is in the attention list. */
export type SellerPark = keyof typeof sellerParks;

/** The reasons that several rules name: they name them by these, so that each is typed once. */
export const parkNames = {
  outcomeUnknown: 'outcome-unknown',
  returnedAfterClose: 'returned-after-close',
  unexpectedState: 'unexpected-state',
} as const satisfies Record<string, PayoutPark | SellerPark>;

/** Stripe rejects the account, which is for good unless somebody takes the rejection back. */
export const rejection = 'account-rejected' satisfies SellerPark;

/** Why a seller's workflow stopped until a person decides. */
export type SellerParkReason = Exclude<SellerPark, typeof rejection>;

/** What ends a rejection. */
export const takenBack =
  'Taking the rejection back: the platform its own in Stripe’s Dashboard, Stripe’s only Stripe, whom the platform asks';

/** Why a payout needs a person, and each command that resolves it. */
export function payoutParkOf(parked: PayoutPark, payout: ParkedPayout) {
  return explain(payoutParks[parked], payout, (...command) => {
    return payoutCommand(payout.id, ...command);
  });
}

/** Why a seller needs a person, and each command that resolves it. */
export function sellerParkOf(parked: SellerPark, sellerId: SellerId) {
  return explain(sellerParks[parked], sellerId, (...command) => {
    return sellerCommand(sellerId, ...command);
  });
}

/** True where a person may order what stopped to go on, or the payout to be called off. */
export function offers(parked: PayoutPark | SellerPark, name: 'retry' | 'cancel'): boolean {
  return rowOf(parked).commands.some((command) => command.name === name);
}

/** True where a person has to look at Stripe before anything is tried again. */
export function isUnknown(parked: PayoutPark | SellerPark): boolean {
  return rowOf(parked).isUnknown === true;
}

function rowOf(parked: PayoutPark | SellerPark): Park<never> {
  return { ...payoutParks, ...sellerParks }[parked];
}

function explain<Facts>(
  { says, commands }: Park<Facts>,
  facts: Facts,
  commandOf: (name: string, when: string, body?: Record<string, string>) => Resolving,
): { explanation: string; commands: Resolving[] } {
  return {
    explanation: typeof says === 'string' ? says : says(facts),
    commands: commands.map(({ name, when, body }) => {
      return commandOf(name, when, typeof body === 'function' ? body(facts) : body);
    }),
  };
}
