import { payoutParks, sellerParks } from '../domain/parking/reasons.ts';
import { waits } from '../domain/waits.ts';
import { type Source, stringsOf } from './sources.ts';

/** Where everything about a reason is said. */
const tables = [
  'domain/waits.ts',
  'domain/overdue/long-waits.ts',
  'domain/parking/reasons.ts',
  'domain/for-seller/waits.ts',
];

const layers = ['domain', 'activities', 'db', 'api', 'workflows'];

const reasons = Object.keys({ ...waits, ...payoutParks, ...sellerParks });

/** Reasons that are also words for something else, which counts for nothing here. */
const otherMeanings: Record<string, string> = {
  bank: 'a place of the ledger, and somebody who ends a wait',
  'bank-details': 'a refusal of Stripe’s',
  capability: 'a wait of the seller’s own',
  hold: 'a kind of stop, of object and of target',
  'money-stopped': 'an answer of the check before a request to Stripe',
};

/** A line that is about what something waits for or is parked for. */
const isAboutWaiting = /wait|reason|park/i;

/**
 * Reasons to wait or to park that a layer types more than once, each as one line for a person. A
 * reason has one place that sets it or asks for it; what several rules name has a name in its
 * table.
 */
export function typedTwice(sources: readonly Source[]): string[] {
  return layers.flatMap((layer) => {
    const files = sources.filter(({ path }) => {
      const isMigration = path.startsWith('db/migrations/');
      return path.startsWith(`${layer}/`) && !isMigration && !tables.includes(path);
    });
    const typed = files.flatMap((source) =>
      stringsOf(source)
        .filter(({ value, line }) => !(value in otherMeanings) || isAboutWaiting.test(line))
        .map(({ value }) => ({ value, path: source.path })),
    );
    return reasons
      .map((reason) => ({ reason, places: typed.filter(({ value }) => value === reason) }))
      .filter(({ places }) => places.length > 1)
      .map(({ reason, places }) => {
        const paths = places.map(({ path }) => path).join(', ');
        return `${layer}: '${reason}' is typed ${places.length} times: ${paths}; name it in its table`;
      });
  });
}
