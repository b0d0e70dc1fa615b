import type { HoldId, SellerId } from './ids.ts';
import { minor, type Currency, type MinorUnits } from './money.ts';

/** Who placed a hold: a person, a dispute, a risk check, or the engine itself. */
export type HoldSource = (typeof holdSources)[number];
export const holdSources = ['operator', 'dispute', 'risk', 'system'] as const;

/** What ends a hold automatically. A person may release any hold earlier. */
export type ReleaseRule = (typeof releaseRules)[number];
export const releaseRules = ['manual', 'expiry'] as const;

/** How much of a seller's money is held, and until when. */
export type Hold = {
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
  state: 'active' | 'expired' | 'released';
  source: HoldSource;
  reason: string;
  placedAt: string;
  placedBy: string;
  releaseRule: ReleaseRule;
  releasedAt: string | null;
  releasedBy: string | null;
  releaseReason: string | null;
};

/** What stops a seller's money, for the waiting workflow and for support. Contains no free text. */
export type Stop =
  | ({ kind: 'hold'; holdId: HoldId; source: HoldSource; since: string; by: string } & Hold)
  | { kind: 'pause'; since: string; by: string };

/**
 * What the active holds leave of the payable amount. Holds add up, and each is released separately;
 * a hold of everything leaves nothing. Money that is not payable yet does not count towards a hold.
 */
export function leftBeside(
  holds: readonly Hold[],
  payable: { amount: MinorUnits; currency: Currency },
): MinorUnits {
  const own = holdsOf(holds, payable.currency);
  if (own.some(({ amount }) => amount === null)) return minor(0);
  // Each hold counts at most what is there, so that no sum exceeds the safe integers.
  const left = own.reduce<number>(
    (rest, { amount }) => rest - Math.min(rest, amount ?? 0),
    payable.amount,
  );
  return minor(Math.max(0, left));
}

/**
 * How much must be payable so that the active holds leave this amount. Null while a hold covers
 * everything.
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

/** The holds that remain after one is released. Of equal holds, either one may remain. */
export function withoutHold(holds: readonly Hold[], released: Hold): Hold[] {
  const index = holds.findIndex(
    ({ currency, amount, expiresAt }) =>
      currency === released.currency &&
      amount === released.amount &&
      expiresAt === released.expiresAt,
  );
  return index < 0 ? [...holds] : holds.toSpliced(index, 1);
}

/** When the first active hold expires. Null if only a release ends them. */
export function firstExpiry(holds: readonly Hold[], currency?: Currency): string | null {
  const instants = (currency === undefined ? holds : holdsOf(holds, currency)).flatMap(
    ({ expiresAt }) => expiresAt ?? [],
  );
  return instants.sort()[0] ?? null;
}

/**
 * True if a hold that nobody released still counts at a moment: its last moment is just before it
 * expires. `isActive` in db/funds.ts repeats this rule for the present moment.
 */
export function isStanding({ expiresAt }: Pick<Hold, 'expiresAt'>, at: string): boolean {
  return expiresAt === null || expiresAt > at;
}

/** The holds among what stops a seller. */
export function holdsAmong(stops: readonly Stop[] = []) {
  return stops.filter((stop) => stop.kind === 'hold');
}

/** True while the seller is paused: no payout may start. */
export function isPaused(stops: readonly Stop[] = []): boolean {
  return stops.some(({ kind }) => kind === 'pause');
}

function holdsOf(holds: readonly Hold[], currency: Currency): Hold[] {
  return holds.filter((hold) => hold.currency === null || hold.currency === currency);
}
