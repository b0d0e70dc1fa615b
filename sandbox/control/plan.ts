import { hash, integer, listOf, oneOf, required, share, text } from '../core/params.ts';
import { listStrikes } from '../disturbances/plan.ts';
import { strikeKinds } from '../disturbances/strikes.ts';
import { control, refuse } from './define.ts';

const strike = hash({
  endpoint: required(text()),
  n: required(integer()),
  fault: required(oneOf(...strikeKinds)),
  delayMs: integer(),
});

const shares = hash(Object.fromEntries(strikeKinds.map((kind) => [kind, share()])));

const longestDelayMs = 60_000;

/** `plan` and `strikes`: faults at calls that a seed picks, or at calls that are named. */
export const planControls = [
  control('GET plan', {}, ({ surface }) => surface.plan.show()),
  control(
    'PUT plan',
    { seed: integer(), shares, delayMs: integer(), strikes: listOf(strike) },
    ({ surface }, { seed = 0, shares: wanted = {}, delayMs = 2000, strikes = [] }) => {
      const all = Object.values(wanted).reduce<number>((sum, one) => sum + (one ?? 0), 0);
      if (all > 1) throw refuse('All shares together are at most 1', 'shares');
      checkDelay(delayMs, 'delayMs');
      for (const [index, { endpoint, n, delayMs: slow }] of strikes.entries()) {
        if (!/^(GET|POST|DELETE) \/v[12]\//.test(endpoint)) {
          throw refuse(`${endpoint} is no endpoint`, `strikes[${index}][endpoint]`);
        }
        if (n < 1) throw refuse('n is at least 1', `strikes[${index}][n]`);
        checkDelay(slow ?? 0, `strikes[${index}][delayMs]`);
      }
      const named = strikes.map((one) => ({ ...one, delayMs: one.delayMs ?? delayMs }));
      surface.plan.set({ seed, shares: wanted, delayMs, strikes: named });
      return surface.plan.show();
    },
  ),
  control(
    'GET strikes',
    { after: integer(), limit: integer() },
    ({ surface: { w } }, { after = 0, limit = 1000 }) => {
      if (limit < 1 || limit > 10_000) throw refuse('limit is between 1 and 10000', 'limit');
      const rows = listStrikes(w, after, limit + 1);
      return { strikes: rows.slice(0, limit), hasMore: rows.length > limit };
    },
  ),
];

function checkDelay(delayMs: number, name: string): void {
  if (delayMs >= 0 && delayMs <= longestDelayMs) return;
  throw refuse(`delayMs is between 0 and ${longestDelayMs}`, name);
}
