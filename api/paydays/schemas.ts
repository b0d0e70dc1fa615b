import { z } from '@hono/zod-openapi';
import { isTimeZone } from '../../activities/calendar.ts';
import * as domain from '../../domain/paydays/schedule.ts';
import { Amount, Currency, Instant, Money } from '../http/schemas.ts';

const intervals = z.enum(domain.intervals);
const weekdays = z.array(z.enum(domain.weekdays)).max(7, 'must have at most 7 days');

/** When a seller is paid, as an answer gives it. */
export const Schedule = z
  .object({
    interval: intervals,
    weekdays: z.array(z.enum(domain.weekdays)),
    dayOfMonth: z.int().nullable(),
    at: z.string().openapi({ description: 'Local time of a payday' }),
    timeZone: z.string(),
    cutOffHours: z.int(),
    minimums: z.record(z.string(), z.int()),
    thresholds: z.record(z.string(), z.int()),
  })
  .openapi('Schedule');
export type Schedule = domain.Schedule;

const amounts = z.record(Currency, Amount).default({});
const byCurrency = { propertyNames: { $ref: '#/components/schemas/Currency' } };

/** The same as a caller gives it. */
export const GivenSchedule = z
  .strictObject({
    interval: intervals,
    weekdays: weekdays.default([]).openapi({ description: 'With weekly' }),
    dayOfMonth: z
      .int()
      .min(1, 'must be 1 to 31')
      .max(31, 'must be 1 to 31')
      .optional()
      .openapi({ description: 'With monthly; a shorter month pays on its last day' }),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a local time, as 09:00')
      .default(domain.manualSchedule.at),
    timeZone: z
      .string()
      .max(60, 'must have at most 60 characters')
      .refine(isTimeZone, 'must be the name of an IANA zone, as Europe/Berlin')
      .optional()
      .openapi({ description: 'Required unless manual', example: 'Europe/Berlin' }),
    cutOffHours: z
      .int()
      .min(0, 'must not be below 0')
      .max(domain.longestCutOffHours, `must be at most ${domain.longestCutOffHours}`)
      .default(0)
      .openapi({ description: 'A payday pays what was available so long before it' }),
    minimums: amounts.openapi({
      ...byCurrency,
      description: 'By currency; less waits for the next payday',
    }),
    thresholds: amounts.openapi({
      ...byCurrency,
      description: 'By currency; so much is paid at once',
    }),
  })
  .superRefine((given, context) => {
    if (given.timeZone === undefined && given.interval !== 'manual') {
      context.addIssue({ code: 'custom', path: ['timeZone'], message: 'is required' });
    }
    for (const { field, key, rule } of domain.scheduleFaults(toSchedule(given))) {
      const path = key === undefined ? [field] : [field, key];
      context.addIssue({ code: 'custom', path, message: rule });
    }
  })
  .transform(toSchedule)
  .openapi('GivenSchedule');

type Given = Omit<domain.Schedule, 'dayOfMonth' | 'timeZone'> & {
  dayOfMonth?: number | undefined;
  timeZone?: string | undefined;
};

function toSchedule(given: Given): domain.Schedule {
  const { timeZone = domain.manualSchedule.timeZone, dayOfMonth = null } = given;
  return { ...given, timeZone, dayOfMonth };
}

/** A payday to come. */
export const Payday = z
  .object({
    at: Instant,
    cutOffAt: Instant.openapi({ description: 'Pays what is available by then' }),
  })
  .openapi('Payday');

/** What a payday pays in one currency. */
export const PaydayMoney = z
  .object({
    currency: z.string(),
    pays: Money,
    leaves: Money.openapi({ description: 'Payable, and not paid' }),
    held: Money.openapi({ description: 'Kept back by holds' }),
    notYetAvailable: Money.openapi({ description: 'Earned; available only after the cut-off' }),
    reason: z.string().nullable().openapi({ description: 'Why nothing is paid' }),
    explanation: z.string().nullable().openapi({ description: 'The reason in words' }),
  })
  .openapi('PaydayMoney');
