import { z } from '@hono/zod-openapi';
import type { SellerId } from '../domain/ids.ts';
import { Instant, Money } from './http/schemas.ts';

/** Who ends a wait. */
export const actors = ['engine', 'operator', 'platform', 'seller', 'stripe', 'bank'] as const;

export type Actor = (typeof actors)[number];

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

/** A wait as the API tells it. */
export type Waiting = z.infer<typeof Wait>;

/** One reason of a seller's own, about no payout in particular. */
export function wait(
  name: string,
  actor: Actor,
  reason: string,
  liftedBy: string,
  more: Partial<Pick<Waiting, 'since' | 'by' | 'commands' | 'lookAgainAt'>> = {},
): Waiting {
  const none = { since: null, by: null, commands: [], lookAgainAt: null, payoutId: null };
  return { for: name, reason, liftedBy, actor, ...none, ...more };
}

/** One request that resolves what something stopped for. */
export type Resolving = {
  method: 'POST';
  path: string;
  body: Record<string, string>;
  when: string;
};

/** A request about a seller, as an operator would send it. */
export function sellerCommand(
  sellerId: SellerId,
  name: string,
  when: string,
  body: Record<string, string> = {},
): Resolving {
  return { method: 'POST', path: `/v1/sellers/${sellerId}/${name}`, body, when };
}

/** The page of Stripe's on which a seller enters what is asked for, or another bank account. */
export function onboardingLink(sellerId: SellerId, when: string): Resolving {
  const urls = { returnUrl: 'https://...', refreshUrl: 'https://...' };
  return sellerCommand(sellerId, 'onboarding-link', when, urls);
}

/** What a command asks for that needs a reason. */
export const because = { reason: '...' };
