import { z } from '@hono/zod-openapi';
import { actors } from '../domain/waits.ts';
import { Instant, Money } from './http/schemas.ts';

/** A request to this API that resolves why a payout or seller waits. */
export const ResolvingCommand = z
  .object({
    method: z.literal('POST'),
    path: z.string(),
    body: z.record(z.string(), z.string()),
    when: z.string(),
  })
  .openapi('ResolvingCommand');

/** Why money does not move, who must act, and what ends the wait. */
export const Wait = z
  .object({
    for: z.string(),
    reason: z.string().openapi({ description: 'For operators only' }),
    forSeller: z
      .string()
      .openapi({ description: 'What the seller may know, in words for the seller' }),
    since: Instant.nullable().openapi({
      description:
        'When the wait began. For money that no payout pays: when the oldest of its earnings became payable or, before that, was recorded. Null if nothing stored says when: the account is below zero, no bank account takes the currency, the amount is too small to pay out, Stripe does not answer, or an ordered payout takes the oldest earnings',
    }),
    by: z
      .string()
      .nullable()
      .openapi({ description: 'Who decided this: the name of an API key. Null if nobody did' }),
    liftedBy: z.string(),
    actor: z.enum(actors).openapi({ description: 'Who must act' }),
    commands: z.array(ResolvingCommand),
    lookAgainAt: Instant.nullable(),
    payoutId: z.string().nullable(),
  })
  .openapi('Wait');

/** What happens next, with the time and the money. */
export const NextStep = z
  .object({
    what: z.string(),
    text: z.string(),
    at: z.string().nullable().openapi({
      description:
        'An instant, or a day such as `2026-12-01` where only the day is known. Null: as soon as the cause of the wait is removed',
    }),
    money: z.union([Money, z.null()]),
    payoutId: z.string().nullable(),
  })
  .openapi('NextStep');
