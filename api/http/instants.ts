/**
 * Formats an instant in the time of a zone for people: `Fri, 27 Nov 2026, 09:00 Europe/Berlin`. For
 * UTC, `domain/dates.ts` says the same without `Intl`.
 */
export function sayInstant(instant: string, timeZone = 'UTC'): string {
  const said = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(instant));
  return `${said} ${timeZone}`;
}
