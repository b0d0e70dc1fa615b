import type { World } from '../core/world.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import { convert } from './money.ts';

/** What a test changed about currencies and countries. */
export type Markets = {
  /** By currency: US dollars, in millionths, that one unit is worth from now on. */
  microDollars: Record<string, number>;
  /** Countries to which Stripe lets nobody send money any more. */
  closedTo: string[];
};

const unchanged: Markets = { microDollars: {}, closedTo: [] };

/** Reads what a test changed. */
export function readMarkets(w: World): Markets {
  return readSetting(w.db, 'markets', unchanged);
}

/** Changes rates and corridors from now on. What was booked stays as it is. */
export function setMarkets(w: World, markets: Markets): void {
  writeSetting(w.db, 'markets', markets);
}

/** What an amount becomes in another currency at this moment, and the rate as a balance shows it. */
export function convertNow(w: World, amount: number, from: string, to: string) {
  return convert(amount, from, to, readMarkets(w).microDollars);
}
