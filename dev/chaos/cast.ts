import { diceOf } from './strikes/dice.ts';

/** A seller as the seed makes it. */
export type Part = {
  index: number;
  country: string;
  currency: string;
  /** Pays by itself every banking day; the others are paid when the platform orders it. */
  daily: boolean;
  /** The first bank account does not take the money; new details follow on this day, or never. */
  bank: { number: string; newDetailsOn: number | null } | undefined;
  /** Some customers pay it directly. */
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

/** Stripe's test numbers of accounts that nobody has, and that are closed. */
const badNumbers = ['000111111116', '000111111113'] as const;

const timeZones: Record<string, string> = { US: 'America/New_York', GB: 'Europe/London' };

/** Each sells for some days, so that there are fewer sellers than payouts. */
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

/** The zone whose mornings a seller is paid in. */
export function timeZoneOf({ country }: Part): string {
  return timeZones[country] ?? 'Europe/Berlin';
}
