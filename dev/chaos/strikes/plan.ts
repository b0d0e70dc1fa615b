import type { ServerName } from '../../engine.ts';
import { type Dice, diceOf } from './dice.ts';

/** One strike, after so many orders or, during the onboarding, after so many sellers. */
export type Strike = { during: 'onboarding' | 'orders'; after: number } & Blow;

/**
 * The kinds of strike. `kill-at` kills the worker while a request of this kind is held at this
 * point.
 */
export type Blow =
  | { do: 'kill'; part: 'worker' | 'API' }
  | { do: 'kill-at'; when: 'before' | 'during' | 'after'; path: string }
  | { do: 'crash'; server: ServerName }
  | { do: 'lose-temporal' }
  | { do: 'stripe-dead'; seconds: number }
  | { do: 'late-money'; days: number }
  | { do: 'stop-money'; seconds: number }
  | { do: 'late-return' }
  | { do: 'webhooks'; settings: WebhookSettings };

/** How Stripe's deliveries misbehave. */
export type WebhookSettings = {
  mode: 'on' | 'off' | 'duplicate' | 'reorder' | 'delay' | 'lose' | 'stale';
  seed: number;
  twins?: boolean;
};

/** Faults of single calls to Stripe, as shares of all calls. */
export const callShares = {
  'drop-before': 0.01,
  'drop-after': 0.012,
  'stored-500': 0.002,
  'stored-500-done': 0.003,
  'retry-500': 0.008,
  'no-retry-500': 0.002,
  'global-rate': 0.002,
  'global-concurrency': 0.002,
  'endpoint-rate': 0.002,
  'endpoint-concurrency': 0.002,
  'resource-specific': 0.002,
  'lock-timeout': 0.006,
  'key-in-use': 0.006,
  delay: 0.015,
};

const points = ['before', 'during', 'after'] as const;

/** Plans the strikes by the seed. A small run gets some of them, a large run more. */
export function planOf(seed: number, payouts: number, sellers: number): Strike[] {
  const dice = diceOf(seed, 'plan', payouts);
  const all = dice.shuffled([...everyBlow(dice), ...more(dice, Math.floor(payouts / 300))]);
  const blows = all.slice(0, Math.max(10, Math.floor(payouts / 4)));
  const last = Math.max(1, Math.floor(payouts * 0.95));
  const strikes = blows
    .map((blow, index): Strike => {
      const from = (index * last) / blows.length;
      const after = Math.max(1, Math.ceil(from + dice.below(100) * (last / blows.length / 100)));
      // Late returns come last: nobody has been paid before the end of the first week.
      return { during: 'orders', after: blow.do === 'late-return' ? last : after, ...blow };
    })
    .sort((left, right) => left.after - right.after);
  return [atAccounts(dice, sellers), ...strikes];
}

function atAccounts(dice: Dice, sellers: number): Strike {
  const after = Math.max(1, dice.between(1, Math.floor(sellers / 2)));
  return { during: 'onboarding', after, do: 'kill-at', when: dice.pick(points), path: accounts };
}

const accounts = '/v2/core/accounts';
const movers = ['/v1/transfers', '/v1/payouts'] as const;

/** At least one strike of each kind. */
function everyBlow(dice: Dice): Blow[] {
  return [
    { do: 'kill', part: 'worker' },
    { do: 'kill', part: 'API' },
    ...movers.flatMap((path) => points.map((when) => ({ do: 'kill-at', when, path }) as const)),
    { do: 'crash', server: 'Temporal' },
    { do: 'crash', server: 'Postgres' },
    { do: 'crash', server: 'sandbox' },
    { do: 'lose-temporal' },
    { do: 'stripe-dead', seconds: dice.between(3, 8) },
    { do: 'late-money', days: dice.between(2, 4) },
    { do: 'stop-money', seconds: dice.between(2, 5) },
    { do: 'late-return' },
    ...(['off', 'duplicate', 'reorder', 'delay', 'lose', 'stale', 'on'] as const).map((mode) =>
      webhooks(dice, mode),
    ),
  ];
}

function more(dice: Dice, count: number): Blow[] {
  return Array.from({ length: count }, () => {
    const blows = everyBlow(dice);
    return dice.pick([blows[0] ?? { do: 'late-return' }, ...blows.slice(1)]);
  });
}

function webhooks(dice: Dice, mode: WebhookSettings['mode']): Blow {
  const seed = dice.below(1_000_000);
  return { do: 'webhooks', settings: { mode, seed, ...(dice.hits(0.3) && { twins: true }) } };
}

/** Describes a strike for the terminal. */
export function inWords(blow: Blow): string {
  switch (blow.do) {
    case 'kill':
      return `kill -9 of the ${blow.part}`;
    case 'kill-at':
      return `kill -9 of the worker ${blow.when} POST ${blow.path}`;
    case 'crash':
      return `kill -9 of ${blow.server === 'sandbox' ? 'the sandbox' : blow.server}`;
    case 'lose-temporal':
      return 'kill -9 of Temporal, and all that it stored is gone';
    case 'stripe-dead':
      return `Stripe is dead for ${blow.seconds} s`;
    case 'late-money':
      return `what customers pay comes to the platform ${blow.days} days late`;
    case 'stop-money':
      return `an operator stops all money for ${blow.seconds} s`;
    case 'late-return':
      return 'a bank sends back what it had taken';
    case 'webhooks':
      return `webhooks: ${blow.settings.mode}${blow.settings.twins ? ', each event twice' : ''}`;
  }
}
