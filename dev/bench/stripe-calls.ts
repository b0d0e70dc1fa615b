import { busiestSecond, countBy } from './figures.ts';
import type { Machine } from './machine.ts';

/** A line of the sandbox's request log. */
export type Line = { seq: number; at: number; method: string; path: string; status: number | null };

/** The requests that reached the sandbox: their number, their pace, and those that it rejected. */
export type StripeCalls = {
  byEndpoint: [string, number][];
  /** The most requests within a second, per endpoint and in total. */
  busiest: Record<string, number>;
  tooMany: number;
  failed: number;
};

/** The last line of the sandbox's request log now. */
export async function lastRequest(machine: Machine, after = 0): Promise<number> {
  return (await requestsAfter(machine, after)).at(-1)?.seq ?? after;
}

/** Reads the requests that the sandbox logged after this line. */
export async function readStripeCalls(machine: Machine, after: number): Promise<StripeCalls> {
  const lines = await requestsAfter(machine, after);
  const byEndpoint = countBy(lines, endpointOf);
  const busiest = byEndpoint.map(([endpoint]) => {
    const own = lines.filter((line) => endpointOf(line) === endpoint);
    return [endpoint, busiestSecond(own.map(({ at }) => at))];
  });
  return {
    byEndpoint,
    busiest: { ...Object.fromEntries(busiest), all: busiestSecond(lines.map(({ at }) => at)) },
    tooMany: lines.filter(({ status }) => status === 429).length,
    failed: lines.filter(({ status }) => status === null || (status >= 400 && status !== 429))
      .length,
  };
}

/** Prefixes of ids are short. Names like `balance_settings` are not ids. */
const ids = /\/(?:[a-z]{2,4}|issfr)_\w+/g;

/** The requests that Stripe counts together: the method and the path without ids. */
export function endpointOf({ method, path }: Line): string {
  return `${method} ${path.replaceAll(ids, '/:id')}`;
}

/** Every line after this one, oldest first. */
export async function requestsAfter(
  { control }: Pick<Machine, 'control'>,
  after: number,
): Promise<Line[]> {
  const all: Line[] = [];
  for (;;) {
    const from = all.at(-1)?.seq ?? after;
    const page = await control('GET', `/requests?after=${from}&limit=5000`);
    all.push(...(page.requests as Line[]));
    if (!page.hasMore) return all;
  }
}
