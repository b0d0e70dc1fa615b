import { z } from '@hono/zod-openapi';
import * as schemas from '../http/schemas.ts';
import { Instant } from '../http/schemas.ts';

/** Why something does not work and what helps, in words for the seller and for an operator. */
export const Failure = z
  .object({
    next: z.enum(['wait', 'new-details', 'talk-to-bank', 'operator']).openapi({
      description:
        'What helps: waiting, new details from the seller, a call by the seller to the bank, or an operator',
    }),
    forSeller: z.string().openapi({ description: 'A sentence that can be shown to the seller' }),
    forOperator: z.string(),
  })
  .openapi('Failure');

/** Something that Stripe requires from a seller. */
export const Requirement = z
  .object({
    description: z.string().openapi({ description: 'Stripe’s name of the requirement' }),
    text: z.string().openapi({ description: 'The requirement as a sentence' }),
    next: Failure.shape.next,
    forSeller: Failure.shape.forSeller,
    mustAct: z.enum(['seller', 'stripe']),
    deadline: z.enum(['eventually_due', 'currently_due', 'past_due']),
    deadlineAt: schemas.Instant.nullable(),
    blocks: z.array(z.string()).openapi({
      description: 'The capabilities that Stripe restricts until the requirement is met',
    }),
    errors: z
      .array(z.string())
      .openapi({ description: 'What Stripe found wrong with the details that were given' }),
  })
  .openapi('Requirement');

/** The other sellers who use an account number. */
export const SharedWith = z
  .object({
    count: z.int(),
    first: z.array(z.string()).openapi({ description: 'The ids of at most 20 of these sellers' }),
  })
  .openapi({
    description:
      'The other sellers who have a bank account with this account number now. For operators only',
  });

/** A seller's bank account in an explanation. */
export const ExplainedBank = z
  .object({
    id: z.string(),
    currency: z.string(),
    ...schemas.bankNames,
    isDefault: z
      .boolean()
      .openapi({ description: '`true` if payouts in this currency go to this bank account' }),
    paused: z
      .object({
        since: Instant,
        code: z.string().nullable(),
        forSeller: z.string(),
        forOperator: z.string(),
      })
      .nullable()
      .openapi({
        description: 'Why no payouts are sent to this bank account. Null if it is not paused',
      }),
    failure: Failure.nullable().openapi({
      description: 'What prevents payouts to this bank account. Null if nothing does',
    }),
    sharedWith: SharedWith,
  })
  .openapi('ExplainedBankAccount');
