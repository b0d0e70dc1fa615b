/**
 * Formats an instant in a time zone for people: `Fri, 27 Nov 2026, 09:00 Europe/Berlin`.
 * `domain/dates.ts` formats UTC in the same way without `Intl`.
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
