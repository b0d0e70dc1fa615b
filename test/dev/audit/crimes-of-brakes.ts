import type { Change } from './well.ts';

const brake = { since: 100_999, until: null };

/** Crimes of an engine that does not obey a brake, and the rules that they break. */
export const crimesOfBrakes: [what: string, change: Change, rules: string[]][] = [
  [
    'a request for a payout after its cancellation was acknowledged',
    (facts) => facts.brakes.push({ ...brake, what: 'cancellation', of: 'payout_1' }),
    ['sent-after-brake'],
  ],
  [
    'a request for a held seller, long after the hold was acknowledged',
    (facts) => facts.brakes.push({ ...brake, what: 'hold', of: 'sel_1', since: 30_000 }),
    ['sent-after-brake'],
  ],
  [
    'a request while all money is stopped',
    (facts) => facts.brakes.push({ ...brake, what: 'stop', of: null, since: 30_000 }),
    ['sent-after-brake'],
  ],
];
