import { z } from '@hono/zod-openapi';
import { isTimeZone } from '../../activities/paydays/clocks.ts';
import { atOfCron, cronFault } from '../../activities/paydays/nominal-days.ts';
import * as domain from '../../domain/paydays/schedule.ts';
import { Amount, Currency, Instant, Money } from '../http/schemas.ts';

const intervals = z.enum(domain.intervals);
const weekdays = z.array(z.enum(domain.weekdays)).max(7, 'must have at most 7 days');

/** A seller's schedule in the API's answers. */
export const Schedule = z
  .object({
    interval: intervals,
    weekdays: z.array(z.enum(domain.weekdays)),
    dayOfMonth: z.int().nullable(),
    cron: z.string().nullable(),
    at: z.string().openapi({ description: 'The local time of a payday, such as 09:00' }),
    timeZone: z.string(),
    bankDayRule: z.enum(domain.bankDayRules),
    cutOffHours: z.int(),
    minimums: z.record(z.string(), z.int()),
    thresholds: z.record(z.string(), z.int()),
  })
  .openapi('Schedule');
/** A seller's schedule as the domain and the database use it. */
export type Schedule = domain.Schedule;

const amounts = z.record(Currency, Amount).default({});
const byCurrency = { propertyNames: { $ref: '#/components/schemas/Currency' } };

/** A schedule in a request. */
export const GivenSchedule = z
  .strictObject({
    interval: intervals,
    weekdays: weekdays
      .default([])
      .openapi({ description: 'Required with `weekly`, and not allowed otherwise' }),
    dayOfMonth: z.int().min(1, 'must be 1 to 31').max(31, 'must be 1 to 31').optional().openapi({
      description:
        'Required with `monthly`, and not allowed otherwise. A shorter month pays on its last day',
    }),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a local time, such as 09:00')
      .optional()
      .openapi({ default: domain.manualSchedule.at }),
    cron: z.string().max(100, 'must have at most 100 characters').optional().openapi({
      description:
        'Required with `cron`, and not allowed otherwise: five fields in the time zone of the schedule, for days that the other intervals cannot name. Minute and hour are single numbers and take the place of `at`. `L` is the last day, `5#L` the last Friday',
      example: '0 9 1,15 * *',
    }),
    timeZone: z
      .string()
      .max(60, 'must have at most 60 characters')
      .refine(isTimeZone, 'must be the name of an IANA time zone, such as Europe/Berlin')
      .optional()
      .openapi({
        description: 'Required unless the interval is `manual`',
        example: 'Europe/Berlin',
      }),
    bankDayRule: z.enum(domain.bankDayRules).default(domain.manualSchedule.bankDayRule).openapi({
      description:
        'Where a payday goes on which the banks of the seller’s currency are closed: to the `next` or the `previous` bank day, or with `none` nowhere. The payout is then ordered on that day, and the bank has it later',
    }),
    cutOffHours: z
      .int()
      .min(0, 'must not be below 0')
      .max(domain.longestCutOffHours, `must be at most ${domain.longestCutOffHours}`)
      .default(0)
      .openapi({
        description:
          'A payday pays only money that became available at least this many hours before it',
      }),
    minimums: amounts.openapi({
      ...byCurrency,
      description:
        'The smallest amount that a payday pays, by currency. A smaller amount waits for the next payday',
    }),
    thresholds: amounts.openapi({
      ...byCurrency,
      description: 'Amounts by currency. As soon as this amount is payable, it is paid, on any day',
    }),
  })
  .superRefine((given, context) => {
    if (given.timeZone === undefined && given.interval !== 'manual') {
      context.addIssue({ code: 'custom', path: ['timeZone'], message: 'is required' });
    }
    for (const message of faultsOfCron(given)) {
      context.addIssue({ code: 'custom', ...message });
    }
    for (const { field, key, rule } of domain.scheduleFaults(toSchedule(given))) {
      const path = key === undefined ? [field] : [field, key];
      context.addIssue({ code: 'custom', path, message: rule });
    }
  })
  .transform(toSchedule)
  .openapi('GivenSchedule');

type Given = Omit<domain.Schedule, 'dayOfMonth' | 'cron' | 'at' | 'timeZone'> & {
  dayOfMonth?: number | undefined;
  cron?: string | undefined;
  at?: string | undefined;
  timeZone?: string | undefined;
};

function toSchedule(given: Given): domain.Schedule {
  const { timeZone = domain.manualSchedule.timeZone, dayOfMonth = null, cron = null } = given;
  const ofCron = cron === null ? null : atOfCron(cron);
  const at = ofCron ?? given.at ?? domain.manualSchedule.at;
  return { ...given, timeZone, dayOfMonth, cron, at };
}

function faultsOfCron({ cron, at }: Given): { path: string[]; message: string }[] {
  if (cron === undefined) return [];
  const fault = cronFault(cron);
  const isTwice = at !== undefined;
  return [
    ...(fault === null ? [] : [{ path: ['cron'], message: fault }]),
    ...(isTwice ? [{ path: ['at'], message: 'must be absent with cron, which has a time' }] : []),
  ];
}

/** A future payday. */
export const Payday = z
  .object({
    at: Instant,
    cutOffAt: Instant.openapi({
      description: 'The payday pays the money that is available by this instant',
    }),
  })
  .openapi('Payday');

/** What a payday pays in one currency. */
export const PaydayMoney = z
  .object({
    currency: z.string(),
    pays: Money,
    leaves: Money.openapi({ description: 'Payable, but not paid on this payday' }),
    held: Money.openapi({ description: 'Not paid because of holds' }),
    notYetAvailable: Money.openapi({ description: 'Earned, but available only after the cut-off' }),
    reason: z.string().nullable().openapi({
      description: 'The code of the reason why nothing is paid. Null if something is paid',
    }),
    explanation: z.string().nullable().openapi({ description: '`reason` as a sentence' }),
    forSeller: z
      .string()
      .nullable()
      .openapi({ description: '`reason` in words for the seller. Null if something is paid' }),
  })
  .openapi('PaydayMoney');
