import type { Change } from './well.ts';

const brake = { id: 'stop_1', since: 100_999, until: null };

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
  ...(['stop', 'hold', 'pause'] as const).map((what): [string, Change, string[]] => [
    `a ${what} that ended without its release`,
    (facts) => facts.brakes.push({ what, of: 'sel_2', id: `${what}_2`, since: 1, until: null }),
    ['brake-vanished'],
  ]),
  [
    'a loss of changes that did not occur',
    (facts) => facts.losses.push({ id: 'start_2', cause: 'not-durable' }),
    ['false-loss'],
  ],
  [
    'an API key that works although it was revoked',
    (facts) => facts.revokedKeys.push({ status: 200 }),
    ['revoked-key'],
  ],
];
