/** An instant as people say it, by the clocks of a zone: `Fri, 27 Nov 2026, 09:00 Europe/Berlin`. */
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

/** The day of an instant that stands for one, as Stripe's days do: midnight UTC. `27 Nov 2026`. */
export function sayDay(instant: string): string {
  const said = { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' } as const;
  return new Intl.DateTimeFormat('en-GB', said).format(new Date(instant));
}
