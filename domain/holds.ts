import { sayWhomToAsk } from './commands/lifts.ts';
import type {
  DiscrepancyId,
  EarningId,
  HoldId,
  SellerId,
  SellerNames,
  SellerPauseId,
} from './ids.ts';
import { minor, type Currency, type MinorUnits } from './money.ts';

/** Who placed a hold: a person, a dispute, a risk check, or the engine itself. */
export type HoldSource = (typeof holdSources)[number];
export const holdSources = ['operator', 'dispute', 'risk', 'system'] as const;

/**
 * Why money is held, as codes that may leave the database, beside the free text that may not. Each
 * completes "held because of". The engine itself uses those that `isOfEngine`.
 */
export const holdReasons = {
  'fraud-suspected': { says: 'a suspicion of fraud' },
  'risk-review': { says: 'a review of the risk' },
  'identity-check': { says: 'a check of the seller’s identity' },
  'refund-expected': { says: 'refunds that are expected' },
  dispute: { says: 'a dispute over a charge' },
  'legal-order': { says: 'an order of a court or an authority' },
  'seller-request': { says: 'a request of the seller' },
  other: { says: 'another reason, which only the API shows' },
  'unexplained-money': { says: 'money that came without an order', isOfEngine: true },
  'unknown-payout': { says: 'a payout at Stripe that the engine does not know', isOfEngine: true },
  'payout-stopped': { says: 'a payout that others stopped at Stripe', isOfEngine: true },
  'charge-lost': { says: 'a charge that does not cover an earning', isOfEngine: true },
  'earning-overpaid': { says: 'an overpaid earning that came back', isOfEngine: true },
} as const satisfies Record<string, { says: string; isOfEngine?: true }>;

/** The code of a hold's reason. */
export type HoldReasonCode = keyof typeof holdReasons;
export const holdReasonCodes = Object.keys(holdReasons) as HoldReasonCode[];

/** True if a caller may give the code. The other codes are those of the engine's own holds. */
export function isOfPeople(code: HoldReasonCode): boolean {
  return !('isOfEngine' in holdReasons[code]);
}

/** What ends a hold automatically. A person may release any hold earlier. */
export type ReleaseRule = (typeof releaseRules)[number];
export const releaseRules = ['manual', 'expiry'] as const;

/** How much of a seller's money is held, and until when. */
export type Hold = {
  /** Absent before the hold is placed. */
  id?: HoldId;
  /** Null holds every currency. */
  currency: Currency | null;
  /** Minor units. Null holds everything. */
  amount: number | null;
  /** Null if only a release ends the hold. */
  expiresAt: string | null;
};

/** A hold as callers and operators see it. */
export type HoldRecord = Hold & {
  id: HoldId;
  sellerId: SellerId;
  seller: SellerNames;
  state: 'active' | 'expired' | 'released';
  source: HoldSource;
  reasonCode: HoldReasonCode;
  /** Free text, which never leaves the database and the API. */
  reason: string;
  /** The earning whose money is held. Null: any money. */
  earningId: EarningId | null;
  /** The open discrepancy that must be closed before the hold can be released, or null. */
  keptBy: DiscrepancyId | null;
  placedAt: string;
  placedBy: string;
  releaseRule: ReleaseRule;
  releasedAt: string | null;
  releasedBy: string | null;
  releaseReason: string | null;
};

/**
 * A hold or a pause that stops a seller's money, for the waiting workflow and for support. Contains
 * no free text.
 */
export type Stop =
  | ({ kind: 'hold'; holdId: HoldId; source: HoldSource; since: string; by: string } & Hold & {
        /** Absent in old histories. */
        reasonCode?: HoldReasonCode;
        /** See `HoldRecord`. Absent in old histories. */
        keptBy?: DiscrepancyId | null;
      })
  /** `pauseId` is absent in old histories. */
  | { kind: 'pause'; pauseId?: SellerPauseId; since: string; by: string };

/**
 * Subtracts the active holds from the payable amount. Holds add up, and each is released
 * separately. A hold on everything leaves 0. Money that is not payable yet does not count towards a
 * hold.
 */
export function leftBeside(
  holds: readonly Hold[],
  payable: { amount: MinorUnits; currency: Currency },
): MinorUnits {
  const own = holdsOf(holds, payable.currency);
  if (own.some(({ amount }) => amount === null)) return minor(0);
  // Each hold subtracts at most the rest, so that no sum exceeds the safe integers.
  const left = own.reduce<number>(
    (rest, { amount }) => rest - Math.min(rest, amount ?? 0),
    payable.amount,
  );
  return minor(Math.max(0, left));
}

/**
 * The payable amount that is needed so that the active holds leave the wanted amount. Null while a
 * hold covers everything.
 */
export function neededBeside(
  holds: readonly Hold[],
  wanted: { amount: number; currency: Currency },
): number | null {
  const needed = holdsOf(holds, wanted.currency).reduce(
    (sum, { amount }) => sum + (amount ?? Infinity),
    wanted.amount,
  );
  return Number.isSafeInteger(needed) ? needed : null;
}

/** Why a hold cannot be released before this discrepancy is closed, and what to do. */
export function sayKept(keptBy: DiscrepancyId): string {
  return `The hold cannot be released yet: its money came to the seller without an order, and nothing is paid before a person has said what the money was for. Close the discrepancy: POST /v1/discrepancies/${keptBy}/close, with the outcome \`owed\`, which ends the hold, or \`not-owed\`, after which the hold can be released`;
}

/** Removes the released hold from the list. */
export function withoutHold(holds: readonly Hold[], { id }: Pick<HoldRecord, 'id'>): Hold[] {
  return holds.filter((hold) => hold.id !== id);
}

/** The instant at which the first active hold expires. Null if none of the holds expires. */
export function firstExpiry(holds: readonly Hold[], currency?: Currency): string | null {
  const instants = (currency === undefined ? holds : holdsOf(holds, currency)).flatMap(
    ({ expiresAt }) => expiresAt ?? [],
  );
  return instants.sort()[0] ?? null;
}

/**
 * True if an unreleased hold is active at this instant. A hold is no longer active at the instant
 * at which it expires. `isActive` in db/funds.ts repeats this rule for the present.
 */
export function isStanding({ expiresAt }: Pick<Hold, 'expiresAt'>, at: string): boolean {
  return expiresAt === null || expiresAt > at;
}

/** Selects the holds from the list of what stops a seller. */
export function holdsAmong(stops: readonly Stop[] = []) {
  return stops.filter((stop) => stop.kind === 'hold');
}

/** One pause of a seller. Pauses are a list: payouts start only while no pause is open. */
export type SellerPause = {
  id: SellerPauseId;
  /** Free text. The database stores it, and only the API shows it. */
  reason: string;
  /** The id of an API key. */
  pausedBy: string;
  /** The name of the API key. */
  pausedByName: string;
  pausedAt: string;
  /** When the same pause was ordered for the last time. */
  confirmedAt: string;
};

/** Says who paused the seller, and who must be asked before the pause is lifted. */
export function sayWhoPaused({ pausedByName }: SellerPause): string {
  return sayWhomToAsk('Paused', pausedByName);
}

/** Describes the open pauses in one line, for a refusal that must name them. */
export function sayPauses(pauses: readonly SellerPause[]): string {
  return pauses
    .map(({ id, pausedByName, reason }) => `${id} (${pausedByName}: ${reason})`)
    .join('; ');
}

/** True while the seller is paused: no payout may start. */
export function isPaused(stops: readonly Stop[] = []): boolean {
  return stops.some(({ kind }) => kind === 'pause');
}

/** True if the hold counts for this currency. */
export function isOf(hold: Pick<Hold, 'currency'>, currency: Currency): boolean {
  return hold.currency === null || hold.currency === currency;
}

function holdsOf(holds: readonly Hold[], currency: Currency): Hold[] {
  return holds.filter((hold) => isOf(hold, currency));
}
