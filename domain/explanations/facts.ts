import type { BankAccountRecord } from '../accounts/bank.ts';
import type { CapabilityDetail } from '../accounts/capabilities.ts';
import type { Requirement } from '../accounts/requirements.ts';
import type { FailedRead } from '../failed-reads/accounts.ts';
import type { SkipReason } from '../funds.ts';
import type { HoldRecord, SellerPause } from '../holds.ts';
import type {
  ApiKeyId,
  CommandId,
  EarningId,
  PayoutId,
  SellerId,
  SellerNames,
  StripeAccountId,
  StripePayoutId,
  TransferId,
} from '../ids.ts';
import type { EntryKind, Place } from '../ledger.ts';
import type { Operations } from '../money-stops.ts';
import type { Currency } from '../money.ts';
import type { ParkReason, SellerParkReason } from '../parking/reasons.ts';
import type { PaydayFunds } from '../paydays/coming.ts';
import type { SellerChange } from '../paydays/schedule-words.ts';
import type { Schedule } from '../paydays/schedule.ts';
import type { CancelAnswer, PayoutStatus } from '../payouts/states.ts';
import type { DiscrepancyRecord } from '../reconciliation/discrepancies.ts';
import type { Comparison } from '../reconciliation/words.ts';
import type { ExplainedError, StripeError } from '../refusals/reasons.ts';
import type { Corridor, Flow } from '../routing/route.ts';
import type { SellerStatus } from '../sellers.ts';
import type { MoneyStep, RefusalKind } from '../stripe.ts';
import type { WaitReason } from '../waits.ts';

/** A payout as callers and operators see it. */
export type PayoutRecord = {
  id: PayoutId;
  sellerId: SellerId;
  seller: SellerNames;
  currency: string;
  status: PayoutStatus;
  requestedAmount: number | null;
  fromPlatform: number;
  fromAccount: number;
  stripeAccount: StripeAccountId | null;
  transferId: TransferId | null;
  arrivesAt: string | null;
  stripePayoutId: StripePayoutId | null;
  bankExpectedOn: string | null;
  /** The last read from Stripe before the bank had the money, and the status there. */
  lastRead: { at: string; status: string } | null;
  failureCode: string | null;
  bankAccount: string | null;
  /** The bank account to which Stripe sends the money, and what the seller knows it by. */
  sentTo: { bankAccount: string; bankName: string | null; last4: string | null } | null;
  /** What the banks call the payment. `id` is null until they have named it. */
  trace: { status: string; id: string | null } | null;
  replaces: PayoutId | null;
  skipReason: SkipReason | null;
  /** The schedule's minimum that the payday did not reach. Minor units. */
  skipMinimum: number | null;
  /** The objects at Stripe by which somebody else paid the money. */
  paidBy: string[] | null;
  /** How somebody else paid the money outside Stripe. */
  paidOutside: string | null;
  /** Why a person says that somebody else paid the money. */
  paidReason: string | null;
  /** Why a person says that the money came back or never arrived. */
  returnReason: string | null;
  waitingFor: WaitReason | null;
  /** When the payout began to wait for this reason. */
  waitsSince: string | null;
  lookAgainAt: string | null;
  parked: ParkReason | null;
  parkedAt: string | null;
  parkedDetail: string | null;
  /** Why Stripe refused the payout's request. Null unless the payout is parked for that. */
  refused: StripeError | null;
  unknownStep: MoneyStep | null;
  orderedBy: string;
  payday: string | null;
  /** The last payday that the payout stands for. Null if the payout stands for no other payday. */
  lastPayday: string | null;
  cutOffAt: string | null;
  cancelOrderedAt: string | null;
  cancelOrderedBy: string | null;
  cancelAnswer: CancelAnswer | null;
  /** The last request to Stripe to cancel the payout. Null if Stripe was not asked. */
  cancelRequest: { tries: number; code: string | null } | null;
  createdAt: string;
  startedAt: string | null;
  reservedAt: string | null;
  sentAt: string | null;
  paidAt: string | null;
  watchUntil: string | null;
  overAt: string | null;
  /** When the payout was read. */
  asOf: string;
  /** True while the account's payouts are not active at Stripe. */
  isPausedAtStripe: boolean;
};

/** A request to Stripe as operators see it, without its body. Stripe's message is cleaned. */
export type AttemptRecord = {
  key: string;
  step: string;
  number: number;
  state: 'started' | 'succeeded' | 'refused' | 'unknown';
  account: StripeAccountId | null;
  apiVersion: string;
  tries: number;
  stripeId: string | null;
  refusal: RefusalKind | null;
  error: ExplainedError | null;
  createdAt: string;
  firstSentAt: string | null;
  lastSentAt: string | null;
  decidedAt: string | null;
};

/** A command about an object, and the API key that sent it. */
export type CommandRecord = {
  id: CommandId;
  kind: string;
  at: string;
  objectId: string;
  /** As the caller gave it. Null if none is stored. */
  reason: string | null;
  /** What the command changed about a seller. Null for other commands, or if it is not known. */
  change: SellerChange | null;
  apiKeyId: ApiKeyId;
  apiKeyName: string;
};

/** A wait of a payout that began, and may have ended. */
export type WaitRecord = { at: string; reason: WaitReason };

/** A ledger entry of a payout. */
export type EntryRecord = {
  kind: EntryKind;
  currency: string;
  amount: number;
  from: Place;
  to: Place;
  stripeId: string | null;
  at: string;
};

/** A seller as the platform sees it. Contains personal data: never logged. */
export type SellerRecord = {
  id: SellerId;
  externalId: string | null;
  email: string;
  displayName: string | null;
  country: string;
  currency: string;
  flow: Flow;
  entityType: 'individual' | 'company';
  metadata: Record<string, string>;
  status: SellerStatus;
  stripeAccount: StripeAccountId | null;
  transfersCapability: string | null;
  payoutsCapability: string | null;
  /** Why a capability is not active, as Stripe last reported. */
  capabilityDetails: CapabilityDetail[];
  accountReadAt: string | null;
  payoutsManualAt: string | null;
  schedule: Schedule;
  nextPayoutAt: string | null;
  lookAgainAt: string | null;
  parked: SellerParkReason | null;
  /** The open pauses, oldest first. */
  pauses: SellerPause[];
  closed: { since: string; by: string; reason: string } | null;
  /** Who reopened the seller last. Null if nobody did. */
  reopened: { since: string; by: string; reason: string } | null;
  createdAt: string;
};

/**
 * A seller with the facts that an explanation needs. Here, `by` and `placedBy` are names of API
 * keys.
 */
export type SellerBeside = SellerRecord & {
  parkedAt: string | null;
  /** When the engine learned that Stripe rejects the account. */
  rejectedAt: string | null;
  /** When the seller became restricted. Null if the seller is not restricted. */
  restrictedAt: string | null;
  thresholdLookAt: string | null;
  holds: HoldRecord[];
  requirements: Requirement[];
  banks: BankAccountRecord[];
  /** What decides whether the platform's money can be sent to the seller. Null if not known. */
  corridor: Corridor | null;
  /** True if Stripe lists the bank accounts of the account. */
  listsBanks: boolean;
  /** The reads of the seller's account that fail and hold the seller. */
  failedReads: FailedRead[];
};

/** The part of an earning that a payout carries. */
export type ItemRecord = {
  earningId: EarningId;
  externalId: string | null;
  charge: string | null;
  description: string | null;
  currency: Currency;
  /** The whole earning. */
  earned: number;
  amount: number;
  /** When the payout released this part of the earning. Null if the payout still carries it. */
  releasedAt: string | null;
};

/** How many facts of each kind exist. The lists of facts contain only some of them. */
export type Totals<Kind extends string> = Record<Kind, number>;

/** The lists of a payout's explanation that grow with time. */
export type PayoutTotals = Totals<'attempts' | 'decisions' | 'entries' | 'pastWaits'>;

/** The lists of a seller's explanation that grow with time. */
export type SellerTotals = Totals<
  'payouts' | 'holds' | 'differences' | 'attempts' | 'decisions' | 'becomesPayable'
>;

/** A payout that pays the money of another one, which ended without paying it. */
export type Successor = { id: PayoutId; status: PayoutStatus };

/** All facts about a payout at one instant. */
export type PayoutFacts = {
  now: string;
  payout: PayoutRecord;
  seller: SellerBeside | null;
  openPayouts: PayoutRecord[];
  /** What pays the payout's money, if the payout ended without paying it. */
  successors: Successor[];
  items: { count: number; first: ItemRecord[] };
  totals: PayoutTotals;
  attempts: AttemptRecord[];
  entries: EntryRecord[];
  commands: CommandRecord[];
  /** The waits that began, also those that have ended. */
  pastWaits: WaitRecord[];
  operations: Operations;
  isStripeSilent: boolean;
  differences: DiscrepancyRecord[];
  comparison: Comparison;
};

/** Where a seller's money is in one currency, and how much a payout would carry now. */
export type BalanceRecord = {
  currency: Currency;
  places: Record<Place, number>;
  payable: number;
  held: number;
  notYetAvailable: number;
};

/** All facts about a seller at one instant. */
export type SellerFacts = {
  now: string;
  seller: SellerBeside;
  paydays: { at: string; cutOffAt: string; funds: PaydayFunds[] }[];
  funds: PaydayFunds[];
  openPayouts: PayoutRecord[];
  operations: Operations;
  balances: BalanceRecord[];
  /** When earnings become payable, soonest first. `at` is null while their charge has no date. */
  upcoming: {
    at: string | null;
    currency: Currency;
    amount: number;
    /** The first payday that pays these earnings. */
    paydayAt: string | null;
    /** True while only a person can end the wait for the charge. */
    asksPerson: boolean;
    /**
     * When the oldest earning of the currency that waits in this way was recorded. If a person must
     * decide, when the oldest question was opened.
     */
    since: string;
  }[];
  /** When the oldest payable earning that no payout has taken became payable, by currency. */
  payableSince: Record<string, string>;
  /** `statusAt` is when the payout got its status; `orderedByName` names the API key. */
  lastPayouts: (PayoutRecord & { statusAt: string; orderedByName: string })[];
  attempts: AttemptRecord[];
  totals: SellerTotals;
  putOff: (AttemptRecord & { payoutId: PayoutId })[];
  commands: CommandRecord[];
  isStripeSilent: boolean;
  differences: DiscrepancyRecord[];
  comparison: Comparison;
};
