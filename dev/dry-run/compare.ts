/** One line of a dry run: what the next payday of one seller does in one currency. */
export type Line = {
  sellerId: string;
  externalId: string | null;
  at: string;
  currency: string;
  pays: number;
  reason: string | null;
  route: string | null;
  bankAccount: string | null;
};

/** Reads the lines of a dry run. `npm run` writes lines of its own, with `>`, before them. */
export function parseLines(text: string): Line[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('> '));
  return lines.map((line) => JSON.parse(line) as Line);
}

/** Says in one sentence each what two dry runs say differently, in the order of sellers. */
export function differencesOf(before: readonly Line[], after: readonly Line[]): string[] {
  const [then, now] = [before, after].map(
    (lines) => new Map(lines.map((one) => [keyOf(one), one])),
  );
  const keys = new Set([...(then?.keys() ?? []), ...(now?.keys() ?? [])]);
  return [...keys].toSorted().flatMap((key) => {
    const [old, young] = [then?.get(key), now?.get(key)];
    if (!old) return [`${key}: new, ${sayLine(young)}`];
    if (!young) return [`${key}: no longer there, was ${sayLine(old)}`];
    const [was, is] = [sayLine(old), sayLine(young)];
    return was === is ? [] : [`${key}: ${was}, now ${is}`];
  });
}

const keyOf = ({ sellerId, currency }: Line): string => `${sellerId} ${currency}`;

function sayLine(line: Line | undefined): string {
  if (!line) return 'nothing';
  const { pays, at, reason, route, bankAccount } = line;
  const why = reason === null ? '' : ` (${reason})`;
  return `${pays} at ${at}${why} by ${route ?? 'no known route'} to ${bankAccount ?? 'the default bank account'}`;
}
