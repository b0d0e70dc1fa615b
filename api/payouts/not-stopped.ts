import { z } from '@hono/zod-openapi';
import { listNotStopped } from '../../db/payouts/not-stopped.ts';
import type { Db } from '../../db/connect.ts';
import { money } from '../../domain/money.ts';
import { explainNotStopped } from '../../domain/payouts/sending.ts';
import { Money } from '../http/schemas.ts';
import { ResolvingCommand } from '../waits.ts';

/** The payouts that a hold, a pause or a stop of all money does not stop, or may not stop. */
export const NotStopped = z
  .object({
    count: z.int(),
    first: z.array(
      z.object({
        payoutId: z.string(),
        why: z.enum(['at-stripe', 'may-be-sent']),
        amount: Money,
        explanation: z.string(),
        commands: z.array(ResolvingCommand),
      }),
    ),
  })
  .openapi('NotStopped', {
    description:
      'Payouts whose money may leave although the command was carried out: Stripe has them, or a request was sent and has no answer yet. At most 20 of them are named, the oldest first. A request that is being sent at this very moment may be missing',
  });

/** Reads the payouts that a brake pulled just now does not stop. */
export async function showNotStopped(db: Db, of: Parameters<typeof listNotStopped>[1]) {
  const { count, first } = await listNotStopped(db, of);
  return {
    count,
    first: first.map((one) => {
      const { payoutId, why, amount, currency } = one;
      return { payoutId, why, amount: money(amount, currency), ...explainNotStopped(one) };
    }),
  };
}
