import { z } from '@hono/zod-openapi';
import type { ReconciliationRecord } from '../../db/reconciliation/progress.ts';
import { money } from '../../domain/money.ts';
import { causeNames, outcomes } from '../../domain/reconciliation/discrepancies.ts';
import * as schemas from '../http/schemas.ts';
import { Instant, Money } from '../http/schemas.ts';

/**
 * A difference between the ledger and Stripe. It stays open until a person closes it, even if both
 * sides agree again.
 */
export const Discrepancy = z
  .object({
    id: z.string(),
    state: z.enum(['open', 'closed']),
    cause: z.enum(causeNames),
    explanation: z.string(),
    remedy: z.string().openapi({ description: 'What a person has to do' }),
    owner: z.enum(['engine', 'platform', 'operator']).openapi({ description: 'Who must act' }),
    object: z.string().openapi({
      description: 'The object that differs. Each object has at most one discrepancy of each cause',
    }),
    sellerId: z
      .string()
      .nullable()
      .openapi({ description: 'Null if the discrepancy is in the platform’s own balance' }),
    seller: z.union([schemas.SellerNames, z.null()]),
    payoutId: z.string().nullable(),
    atStripe: z
      .object({
        money: schemas.Money,
        movementId: z
          .string()
          .nullable()
          .openapi({ description: 'The id of the line in Stripe’s books, `txn_…`' }),
        stripeId: z.string().nullable(),
      })
      .nullable()
      .openapi({
        description: 'What Stripe’s books contain. Null if they contain nothing about the object',
      }),
    inLedger: z
      .object({ money: schemas.Money, entryId: z.string().nullable() })
      .nullable()
      .openapi({
        description: 'What the ledger contains. Null if it contains nothing about the object',
      }),
    openedAt: schemas.Instant,
    agreesSince: schemas.Instant.nullable().openapi({
      description: 'Since when both sides agree. A person must still close the discrepancy',
    }),
    closedAt: schemas.Instant.nullable(),
    closedBy: z
      .string()
      .nullable()
      .openapi({ description: 'The id of the API key that closed it' }),
    closeReason: z.string().nullable(),
    outcome: z.enum(outcomes).nullable().openapi({
      description: 'What money that moved without an order was for. Null if that was not asked',
    }),
  })
  .openapi('Discrepancy');

/**
 * The state of the reconciliation: how far Stripe's books were read, and the totals of both sides.
 */
export const Reconciliation = z
  .object({
    asOf: Instant,
    lastPassAt: Instant.nullable(),
    platform: z.object({
      readUntil: Instant.nullable().openapi({
        description: 'The platform’s books were read completely up to this instant',
      }),
      linesUpTo: Instant.nullable().openapi({
        description: 'The creation time of the newest line that was read',
      }),
      isReading: z.boolean().openapi({
        description: '`true` if more lines remain than one pass reads. The next passes read them',
      }),
      lines: z
        .array(z.object({ type: z.string(), lines: z.int(), sum: Money }))
        .openapi({ description: 'The totals by type, including the platform’s own business' }),
    }),
    accounts: z.object({
      count: z.int(),
      neverRead: z.int(),
      readUntil: Instant.nullable().openapi({
        description: 'The oldest of the times at which each account was last read',
      }),
      sums: z.array(
        z.object({
          lines: z.int(),
          atStripe: Money,
          inLedger: Money,
          difference: Money.openapi({
            description:
              'May differ from 0 briefly while money is moving. If the difference remains, a discrepancy is opened',
          }),
        }),
      ),
    }),
    openLines: z
      .int()
      .openapi({ description: 'Lines at Stripe for which the ledger has no entry yet' }),
    unconfirmedEntries: z.int().openapi({
      description:
        'Entries of the ledger for which no line was read from Stripe yet. This is normal until the books of the platform and of the account are read again, also after the clock was moved. If the books are read `RECONCILIATION_GRACE_MINUTES` after the entry and still lack its line, a discrepancy `line-missing` is opened',
    }),
    openDiscrepancies: z.int(),
  })
  .openapi('Reconciliation');

/** Converts the state of the reconciliation for an answer. */
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
