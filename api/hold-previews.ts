import { createRoute, z } from '@hono/zod-openapi';
import { paydaysAround } from '../activities/calendar.ts';
import { readHoldFacts } from '../db/explanations.ts';
import { createRoutes, type AppDeps } from './context.ts';
import { previewRelease } from './explain-release.ts';
import { ExplainedPayday, NextStep, Wait } from './explanation-schemas.ts';
import { Hold, HoldParams, toHold } from './holds.ts';
import { Problem } from './problems.ts';
import { answer, Instant, Money, refusals } from './schemas.ts';

/** What releasing a hold would change, and what it would not. */
export const HoldPreview = z
  .object({
    asOf: Instant,
    summary: z.string(),
    hold: Hold,
    money: z.array(
      z.object({
        payable: Money.openapi({ description: 'As it stands' }),
        payableThen: Money.openapi({ description: 'Once it is released' }),
        stillHeld: Money.openapi({ description: 'By other holds' }),
      }),
    ),
    goesOn: z
      .array(z.object({ payoutId: z.string(), money: Money }))
      .openapi({ description: 'Payouts that wait for it, and what they would carry' }),
    waits: z.array(Wait).openapi({ description: 'What would still keep the seller unpaid' }),
    payday: ExplainedPayday,
    next: z.array(NextStep).openapi({ description: 'What would come next' }),
  })
  .openapi('HoldPreview');

const previewRoute = createRoute({
  method: 'get',
  path: '/v1/holds/{holdId}/preview',
  operationId: 'previewRelease',
  summary: 'What would happen if this hold were released; nothing is',
  tags: ['Holds'],
  request: { params: HoldParams },
  responses: { 200: answer(HoldPreview, 'As it stands at `asOf`'), ...refusals },
});

/** What an order would bring, before it is given. */
export function holdPreviewRoutes({ db }: AppDeps) {
  return createRoutes().openapi(previewRoute, async (c) => {
    const found = await readHoldFacts(db, c.req.valid('param').holdId, paydaysAround);
    if (!found) throw new Problem('unknown-hold', 'No hold has this id');
    const { hold, facts } = found;
    if (hold.state !== 'active') {
      throw new Problem('hold-not-active', `This hold is ${hold.state} already`);
    }
    return c.json({ ...previewRelease(facts, hold), hold: toHold(hold) }, 200);
  });
}
