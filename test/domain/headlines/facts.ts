import type { PayoutRecord, SellerFacts } from '../../../domain/explanations/facts.ts';
import { places } from '../../../domain/ledger.ts';
import { manualSchedule } from '../../../domain/paydays/schedule.ts';
import { emptyFunds } from '../../build/seller.ts';

/** The instant at which all these facts were read. */
export const now = '2026-12-21T09:00:00.000Z';

/** A seller who may be paid and earned nothing. */
export const seller = {
  id: 'sel_1',
  status: 'active',
  stripeAccount: 'acct_1',
  currency: 'eur',
  schedule: manualSchedule,
  accountReadAt: now,
  createdAt: now,
  payoutsManualAt: null,
  transfersCapability: 'active',
  payoutsCapability: 'active',
  capabilityDetails: [],
  nextPayoutAt: null,
  lookAgainAt: null,
  thresholdLookAt: null,
  parked: null,
  parkedAt: null,
  pauses: [],
  rejectedAt: null,
  restrictedAt: null,
  holds: [],
  requirements: [],
  banks: [],
  listsBanks: false,
  failedReads: [],
} as unknown as SellerFacts['seller'];

/** The funds of one currency in which nothing was earned. */
export const noFunds: SellerFacts['funds'][number] = { ...emptyFunds, isBusy: false, orders: [] };

/** Everything about a seller, with these amounts in euro by place. */
export function factsOf(
  amounts: Partial<Record<(typeof places)[number], number>>,
  more: Partial<SellerFacts> & { fund?: Partial<SellerFacts['funds'][number]> } = {},
): SellerFacts {
  const { fund, ...facts } = more;
  const at = Object.fromEntries(places.map((place) => [place, amounts[place] ?? 0]));
  const owed = -Object.values(amounts).reduce((sum, amount) => sum + amount, 0);
  const own = { atPlatform: amounts.platform ?? 0, atAccount: amounts.account ?? 0 };
  const funds = { ...noFunds, ...own, ...fund };
  const later = funds.notYetAvailable + (amounts.account ?? 0) - funds.atAccount;
  const known = { ...at, owed } as SellerFacts['balances'][number]['places'];
  const { currency } = funds;
  return {
    now,
    seller,
    paydays: [],
    funds: [funds],
    openPayouts: [],
    operations: { moneyStopped: false, stops: [] },
    balances: [{ currency, places: known, payable: 0, held: 0, notYetAvailable: later }],
    upcoming: [],
    payableSince: {},
    lastPayouts: [],
    attempts: [],
    putOff: [],
    commands: [],
    isStripeSilent: false,
    differences: [],
    comparison: { lastPassAt: null, accountReadAt: null },
    totals: {} as SellerFacts['totals'],
    ...facts,
  };
}

/** A payout of 100.00 EUR that Stripe has accepted. */
export const sentPayout = {
  id: 'payout_1',
  sellerId: 'sel_1',
  currency: 'eur',
  status: 'sent',
  requestedAmount: null,
  fromPlatform: 100_00,
  fromAccount: 0,
  stripePayoutId: 'po_1',
  bankExpectedOn: null,
  lastRead: null,
  failureCode: null,
  skipReason: null,
  paidReason: null,
  cancelOrderedAt: null,
  waitingFor: 'bank',
  waitsSince: '2026-12-18T09:00:00.000Z',
  lookAgainAt: '2026-12-22T09:00:00.000Z',
  parked: null,
  createdAt: now,
  startedAt: now,
  sentAt: '2026-12-18T09:00:00.000Z',
  asOf: now,
  isPausedAtStripe: false,
} as unknown as PayoutRecord;
