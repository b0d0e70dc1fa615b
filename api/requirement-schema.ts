import { z } from '@hono/zod-openapi';
import { describeRequirement, type Requirement as Known } from '../domain/requirements.ts';
import * as schemas from './schemas.ts';

/** One thing that Stripe asks for. */
export const Requirement = z
  .object({
    description: z.string().openapi({ description: 'Stripe’s own name for it' }),
    text: z.string().openapi({ description: 'The same in one sentence' }),
    mustAct: z.enum(['seller', 'stripe']),
    deadline: z.enum(['eventually_due', 'currently_due', 'past_due']),
    deadlineAt: schemas.Instant.nullable(),
    blocks: z.array(z.string()).openapi({ description: 'Capabilities that stand still without' }),
    errors: z.array(z.string()).openapi({ description: 'What was wrong with what was given' }),
  })
  .openapi('Requirement');

/** A requirement with the sentence that tells it. */
export function toRequirement(requirement: Known) {
  return { ...requirement, text: describeRequirement(requirement) };
}
