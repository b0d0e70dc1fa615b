/** An amount of minor units as people write it. */
export function inWords(amount: number, currency = 'eur'): string {
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency });
  const { maximumFractionDigits = 2 } = format.resolvedOptions();
  return format.format(amount / 10 ** maximumFractionDigits);
}

const moment = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: '2-digit',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

/** A moment as a short date and time, UTC. */
export function dayAndTime(at: number): string {
  return moment.format(at).replaceAll(',', '');
}

/**
 * Lines of a table: the first row is its head; columns of amounts and numbers stand to the right.
 */
export function table(rows: readonly (readonly string[])[]): string[] {
  const [head = [], ...body] = rows;
  const columns = head.map((title, index) => {
    const cells = body.map((row) => row[index] ?? '');
    const isNumeric = cells.length > 0 && cells.every((cell) => /^[-€£$]?[\d.,]+$/.test(cell));
    return { isNumeric, width: Math.max(...[title, ...cells].map((cell) => cell.length)) };
  });
  const lineOf = (row: readonly string[]): string =>
    columns
      .map(({ isNumeric, width }, index) => {
        const cell = row[index] ?? '';
        return isNumeric ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const rule = columns.map(({ width }) => '-'.repeat(width)).join('  ');
  return [lineOf(head), rule, ...body.map(lineOf)];
}
