import { z } from '@hono/zod-openapi';
import { actors } from '../domain/waits.ts';
import { Instant, Money } from './http/schemas.ts';

/** One request that resolves what a payout stopped for. */
export const ResolvingCommand = z
  .object({
    method: z.literal('POST'),
    path: z.string(),
    body: z.record(z.string(), z.string()),
    when: z.string(),
  })
  .openapi('ResolvingCommand');

/** Why money does not move, and what changes that. */
export const Wait = z
  .object({
    for: z.string(),
    reason: z.string(),
    since: Instant.nullable(),
    by: z
      .string()
      .nullable()
      .openapi({ description: 'Who decided it, by the name of the API key; null: nobody did' }),
    liftedBy: z.string(),
    actor: z.enum(actors).openapi({ description: 'Who must act' }),
    commands: z.array(ResolvingCommand),
    lookAgainAt: Instant.nullable(),
    payoutId: z.string().nullable(),
  })
  .openapi('Wait');

/** What happens after that. */
export const NextStep = z
  .object({
    what: z.string(),
    text: z.string(),
    at: Instant.nullable().openapi({ description: 'Null: once what it waits for is lifted' }),
    money: z.union([Money, z.null()]),
    payoutId: z.string().nullable(),
  })
  .openapi('NextStep');
