import { type Currency, formatMoney, money } from '../money.ts';
import { manualSchedule, type Schedule } from './schedule.ts';

/** The fields of a seller that a command changed, and the schedule before and after it. */
export type SellerChange = { fields: string[]; before: Schedule; after: Schedule };

/**
 * Says in words when a schedule pays a seller, for support staff. A bank day is a day on which the
 * banks that move the seller's currency are open.
 */
export function saySchedule(schedule: Schedule): string {
  const { cutOffHours, minimums, thresholds } = schedule;
  const least = amountsOf(minimums).map((amount) => `A payday pays no less than ${amount}`);
  const reached = amountsOf(thresholds).map(
    (amount) => `As soon as ${amount} is payable, it is paid on any day`,
  );
  const hours = cutOffHours === 1 ? '1 hour' : `${cutOffHours} hours`;
  return [
    sayPaydays(schedule, reached.length > 0),
    ...(cutOffHours > 0 ? [`A payday pays only what is payable ${hours} before it`] : []),
    ...least,
    ...reached,
  ].join('. ');
}

function sayPaydays(schedule: Schedule, hasThresholds: boolean): string {
  const { interval, weekdays, dayOfMonth, cron, at, timeZone, bankDayRule } = schedule;
  const moved = bankDayRule === 'none' ? '' : `, or on the ${bankDayRule} bank day`;
  const time = `at ${at} ${timeZone}`;
  switch (interval) {
    case 'manual':
      return hasThresholds
        ? 'No paydays: only an order or a reached threshold pays the seller'
        : 'No paydays: only an order pays the seller';
    case 'daily':
      return `Every ${bankDayRule === 'none' ? '' : 'bank '}day ${time}`;
    case 'weekly':
      return `Every ${weekdays.map((day) => day[0]?.toUpperCase() + day.slice(1)).join(' and ')} ${time}${moved}`;
    case 'cron':
      return `On the days of the cron expression ${cron} ${time}${moved}`;
    case 'monthly':
      return `Every month on day ${dayOfMonth}, or on the last day of a shorter month, ${time}${moved}`;
  }
}

function amountsOf(minor: Record<Currency, number>): string[] {
  return Object.entries(minor).map(([currency, amount]) => formatMoney(money(amount, currency)));
}

/**
 * Says what a command changed about a seller. Names and metadata may be personal data, so only the
 * names of these fields are said.
 */
export function sayChange({ fields, before, after }: SellerChange): string {
  const [from, to] = [before, after].map((one) => saySchedule({ ...manualSchedule, ...one }));
  const isSame = from === to;
  const others = fields.filter((field) => field !== 'schedule');
  if (isSame && others.length === 0) return 'Changed nothing: the seller was already like this';
  return [
    ...(isSame ? [] : [`Changed the schedule from “${from}” to “${to}”`]),
    ...(others.length > 0 ? [`Changed ${others.join(', ')}`] : []),
  ].join('. ');
}
