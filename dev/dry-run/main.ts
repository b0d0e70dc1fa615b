import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { differencesOf, type Line, parseLines } from './compare.ts';

const usage = `npm run dry-run -- --until 2026-12-31T00:00:00Z     prints a line for each seller and currency
npm run dry-run -- --compare before.jsonl after.jsonl  says what differs, and ends with 1 if anything does
ENGINE_URL and ENGINE_KEY name the engine, as for docs/shop.ts.`;

type Page = { data: Entry[]; hasMore: boolean; nextCursor: string | null };
type Entry = {
  sellerId: string;
  seller: { externalId: string | null };
  payday: { at: string };
  money: {
    currency: string;
    pays: { amount: number };
    reason: string | null;
    route: { outcome: string } | null;
    bankAccount: { id: string } | null;
  }[];
};

/** Reads every page of the dry run. The lines are sorted, so that two runs can be compared. */
async function dryRun(until: string): Promise<Line[]> {
  const lines: Line[] = [];
  let cursor = '';
  for (;;) {
    const { data, nextCursor } = await ask(
      `/v1/paydays/dry-run?limit=100&until=${encodeURIComponent(until)}${cursor}`,
    );
    lines.push(...data.flatMap(linesOf));
    if (nextCursor === null) return lines;
    cursor = `&cursor=${nextCursor}`;
  }
}

function linesOf({ sellerId, seller, payday, money }: Entry): Line[] {
  const lines = money.map(({ currency, pays, reason, route, bankAccount }) => ({
    sellerId,
    externalId: seller.externalId,
    at: payday.at,
    currency,
    pays: pays.amount,
    reason,
    route: route?.outcome ?? null,
    bankAccount: bankAccount?.id ?? null,
  }));
  return lines.toSorted((one, other) => (one.currency < other.currency ? -1 : 1));
}

async function ask(path: string): Promise<Page> {
  const url = process.env['ENGINE_URL'] ?? 'http://127.0.0.1:3000';
  const authorization = `Bearer ${process.env['ENGINE_KEY'] ?? ''}`;
  const answer = await fetch(`${url}${path}`, { headers: { authorization } });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Page;
}

const linesIn = (path: string): Line[] => parseLines(readFileSync(path, 'utf8'));

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { until: { type: 'string' }, compare: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [before, after] = positionals;
  if (values.compare && before !== undefined && after !== undefined) {
    const differences = differencesOf(linesIn(before), linesIn(after));
    for (const one of differences) console.log(one);
    return Number(differences.length > 0);
  }
  if (values.until === undefined) {
    console.error(usage);
    return 2;
  }
  for (const line of await dryRun(values.until)) console.log(JSON.stringify(line));
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
