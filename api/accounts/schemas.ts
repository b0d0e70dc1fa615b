import { z } from '@hono/zod-openapi';
import {
  describeRequirement,
  type Requirement as Known,
  requirementFailureOf,
} from '../../domain/accounts/requirements.ts';
import * as schemas from '../http/schemas.ts';
import { Instant } from '../http/schemas.ts';

/** Why something is not allowed or does not work, and who must act. */
export const Failure = z
  .object({
    next: z.enum(['wait', 'new-details', 'talk-to-bank', 'operator']).openapi({
      description: 'Time, other details of the seller’s, a word with the bank, or a person',
    }),
    forSeller: z.string().openapi({ description: 'To be shown to the seller' }),
    forOperator: z.string(),
  })
  .openapi('Failure');

/** One thing that Stripe asks for. */
export const Requirement = z
  .object({
    description: z.string().openapi({ description: 'Stripe’s own name for it' }),
    text: z.string().openapi({ description: 'The same in one sentence' }),
    next: Failure.shape.next,
    forSeller: Failure.shape.forSeller,
    mustAct: z.enum(['seller', 'stripe']),
    deadline: z.enum(['eventually_due', 'currently_due', 'past_due']),
    deadlineAt: schemas.Instant.nullable(),
    blocks: z.array(z.string()).openapi({ description: 'Capabilities that stand still without' }),
    errors: z.array(z.string()).openapi({ description: 'What was wrong with what was given' }),
  })
  .openapi('Requirement');

/** A requirement with the sentence that tells it. */
export function toRequirement(requirement: Known) {
  const { next, forSeller } = requirementFailureOf(requirement);
  return { ...requirement, text: describeRequirement(requirement), next, forSeller };
}

/** Where a seller is paid to. */
export const ExplainedBank = z
  .object({
    id: z.string(),
    currency: z.string(),
    isDefault: z.boolean().openapi({ description: 'Payouts in this currency go there' }),
    paused: z
      .object({
        since: Instant,
        code: z.string().nullable(),
        forSeller: z.string(),
        forOperator: z.string(),
      })
      .nullable()
      .openapi({ description: 'Nothing more is sent there, and why' }),
    failure: Failure.nullable().openapi({ description: 'What is wrong with it' }),
  })
  .openapi('ExplainedBankAccount');
