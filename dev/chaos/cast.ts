import { diceOf } from './strikes/dice.ts';

/** A seller as the seed defines it. */
export type Part = {
  index: number;
  country: string;
  currency: string;
  /**
   * True for a seller who is paid automatically every banking day. The platform orders the payouts
   * of the others.
   */
  daily: boolean;
  /** A first bank account that refuses the money. New details follow on this day, or never. */
  bank: { number: string; newDetailsOn: number | null } | undefined;
  /** True if some customers pay the seller directly. */
  direct: boolean;
};

const homes = [
  ['DE', 'eur'],
  ['FR', 'eur'],
  ['US', 'usd'],
  ['GB', 'gbp'],
  ['ES', 'eur'],
  ['CH', 'chf'],
  ['SE', 'sek'],
  ['US', 'usd'],
  ['IT', 'eur'],
  ['PL', 'pln'],
] as const;

/** Stripe's test numbers for accounts that do not exist or are closed. */
const badNumbers = ['000111111116', '000111111113'] as const;

const timeZones: Record<string, string> = { US: 'America/New_York', GB: 'Europe/London' };

/** Creates the sellers. Each sells on several days, so there are fewer sellers than payouts. */
export function castOf(seed: number, payouts: number): Part[] {
  const count = Math.min(600, Math.max(10, Math.ceil(payouts / 8)));
  return Array.from({ length: count }, (_, index) => {
    const dice = diceOf(seed, 'seller', index);
    const [country, currency] = homes[index % homes.length] ?? homes[0];
    const failing = dice.hits(0.12);
    const newDetailsOn = dice.hits(0.15) ? null : dice.between(3, 6);
    return {
      index,
      country,
      currency,
      daily: dice.hits(0.12),
      bank: failing ? { number: dice.pick(badNumbers), newDetailsOn } : undefined,
      direct: dice.hits(0.2),
    };
  });
}

/** The smallest payout in minor units that Stripe makes to a seller of this cast. */
export function leastPayoutOf({ currency }: Part): number {
  return leastPayouts[currency] ?? 1_00;
}

const leastPayouts: Record<string, number> = { usd: 1, chf: 5_00, sek: 20_00, pln: 5_00 };

/** The time zone in which a seller is paid in the morning. */
export function timeZoneOf({ country }: Part): string {
  return timeZones[country] ?? 'Europe/Berlin';
}
