import { z } from '@hono/zod-openapi';
import { causeNames } from '../domain/reconciliation/discrepancies.ts';
import * as schemas from './schemas.ts';

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
