import { z } from '@hono/zod-openapi';
import type { ReconciliationRecord } from '../../db/reconciliation/progress.ts';
import { money } from '../../domain/money.ts';
import { causeNames } from '../../domain/reconciliation/discrepancies.ts';
import * as schemas from '../http/schemas.ts';
import { Instant, Money } from '../http/schemas.ts';

/** Where the ledger and Stripe differ, or did until it was booked. */
export const Discrepancy = z
  .object({
    id: z.string(),
    state: z.enum(['open', 'closed']),
    cause: z.enum(causeNames),
    explanation: z.string(),
    remedy: z.string().openapi({ description: 'What there is to do' }),
    owner: z
      .enum(['engine', 'platform', 'stripe', 'operator'])
      .openapi({ description: 'Who has to act' }),
    object: z.string().openapi({ description: 'What it is about; opened once for each cause' }),
    sellerId: z.string().nullable().openapi({ description: 'Null: of the platform’s balance' }),
    payoutId: z.string().nullable(),
    atStripe: z
      .object({
        money: schemas.Money,
        movementId: z.string().nullable().openapi({ description: 'The line, `txn_`' }),
        stripeId: z.string().nullable(),
      })
      .nullable()
      .openapi({ description: 'What Stripe’s books say; null when they say nothing' }),
    inLedger: z
      .object({ money: schemas.Money, entryId: z.string().nullable() })
      .nullable()
      .openapi({ description: 'What the ledger says; null when it says nothing' }),
    openedAt: schemas.Instant,
    agreesSince: schemas.Instant.nullable().openapi({
      description: 'Both sides say the same since then; a person closes it all the same',
    }),
    closedAt: schemas.Instant.nullable(),
    closedBy: z.string().nullable().openapi({ description: 'The API key that closed it' }),
    closeReason: z.string().nullable(),
  })
  .openapi('Discrepancy');

/** How far both sides were read, and what they add up to. */
export const Reconciliation = z
  .object({
    asOf: Instant,
    lastPassAt: Instant.nullable(),
    platform: z.object({
      readUntil: Instant.nullable().openapi({ description: 'Its books are complete up to then' }),
      linesUpTo: Instant.nullable().openapi({ description: 'Stripe’s time of the newest line' }),
      isReading: z.boolean().openapi({ description: 'There is more than one pass may read' }),
      lines: z
        .array(z.object({ type: z.string(), lines: z.int(), sum: Money }))
        .openapi({ description: 'By type: the platform’s own business is among them' }),
    }),
    accounts: z.object({
      count: z.int(),
      neverRead: z.int(),
      readUntil: Instant.nullable().openapi({ description: 'When the stalest was read' }),
      sums: z.array(
        z.object({
          lines: z.int(),
          atStripe: Money,
          inLedger: Money,
          difference: Money.openapi({
            description: 'Not 0 for a moment while money is under way; else there is a discrepancy',
          }),
        }),
      ),
    }),
    openLines: z.int().openapi({ description: 'Lines that no entry says yet' }),
    unconfirmedEntries: z.int().openapi({ description: 'Entries of which no line was read yet' }),
    openDiscrepancies: z.int(),
  })
  .openapi('Reconciliation');

/** The record as a caller reads it. */
export function toReconciliation(record: ReconciliationRecord): z.infer<typeof Reconciliation> {
  const { asOf, passedAt, platform, accounts, platformLines, accountSums, ...counts } = record;
  return {
    asOf,
    lastPassAt: passedAt,
    platform: {
      ...platform,
      lines: platformLines.map(({ type, lines, net, currency }) => {
        return { type, lines, sum: money(net, currency) };
      }),
    },
    accounts: {
      ...accounts,
      sums: accountSums.map(({ currency, lines, atStripe, inLedger }) => ({
        lines,
        atStripe: money(atStripe, currency),
        inLedger: money(inLedger, currency),
        difference: money(atStripe - inLedger, currency),
      })),
    },
    ...counts,
  };
}
