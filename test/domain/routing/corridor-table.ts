import { formatMoney } from '../../../domain/money.ts';
import {
  alwaysAutomatic,
  recipientAgreement,
  selfServe,
} from '../../../domain/routing/corridors.ts';
import { leastInCountry, payoutMinimums } from '../../../domain/routing/minimums.ts';
import type { RouteReason } from '../../../domain/routing/route.ts';

type Pair = { platform: string; seller: string };

/** A row of the table: for which pairs of countries it speaks, and the reason that `route` gives. */
export type CorridorRow = {
  reason: RouteReason;
  speaksFor: (pair: Pair) => boolean;
  cells: [platforms: string, sellers: string, answer: string];
};

const list = (countries: ReadonlySet<string>): string => [...countries].toSorted().join(' ');

/** The rows of the README’s table, in this order: the first that speaks for a pair counts. */
export const corridorRows: CorridorRow[] = [
  {
    reason: 'paid-out-by-stripe-alone',
    speaksFor: ({ seller }) => alwaysAutomatic.countries.has(seller),
    cells: ['any country', list(alwaysAutomatic.countries), 'no: only Stripe pays accounts out'],
  },
  {
    reason: 'same-country',
    speaksFor: ({ platform, seller }) => platform === seller,
    cells: ['any country', 'the same country', 'yes'],
  },
  {
    reason: 'self-serve-corridor',
    speaksFor: ({ platform, seller }) =>
      selfServe.countries.has(platform) && selfServe.countries.has(seller),
    cells: [list(selfServe.countries), 'another country of this row', 'yes, maybe for a fee'],
  },
  {
    reason: 'needs-recipient-agreement',
    speaksFor: ({ platform, seller }) =>
      platform === 'US' && recipientAgreement.countries.has(seller),
    cells: [
      'US',
      list(recipientAgreement.countries),
      'no: Stripe asks for the recipient agreement, and the engine creates no such accounts',
    ],
  },
  {
    reason: 'outside-the-region',
    speaksFor: () => true,
    cells: ['any country', 'any other country', 'no'],
  },
];

/** The table of the README in Markdown: which sellers a platform can pay from its own balance. */
export function corridorTable(): string {
  const lines = corridorRows.map(({ cells }) => `| ${cells.join(' | ')} |`);
  const dates = [selfServe, recipientAgreement, alwaysAutomatic, payoutMinimums];
  const oldest = dates.map(({ checkedOn }) => checkedOn).toSorted()[0];
  return [
    '| your platform is in | your seller is in | can be paid |',
    '|---|---|---|',
    ...lines,
    '',
    `Smallest payouts: ${minimums()}; elsewhere one unit of the currency. Compared with Stripe’s documentation on ${oldest} or later.`,
  ].join('\n');
}

/** In minor units: every currency of these corridors has two decimals. */
const oneUnit = 1_00;

/** The countries of the corridors whose smallest payout is not one unit of the currency. */
function minimums(): string {
  const odd = [...selfServe.countries].toSorted().flatMap((country) => {
    const least = leastInCountry(country, false);
    return least.amount === oneUnit ? [] : [`${country} ${formatMoney(least)}`];
  });
  return odd.join(', ');
}
