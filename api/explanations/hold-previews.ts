import { paydaysAround } from '../../activities/paydays/calendar.ts';
import { sayInstant } from '../../activities/paydays/clocks.ts';
import { readHoldFacts } from '../../db/explanations/facts.ts';
import { previewRelease } from '../../domain/explanations/release.ts';
import { HoldParams, toHold } from '../holds.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { defineRoute } from '../http/define-route.ts';
import { answer } from '../http/schemas.ts';
import { HoldPreview } from './schemas.ts';

const previewRoute = defineRoute({
  method: 'get',
  path: '/v1/holds/{holdId}/preview',
  operationId: 'previewRelease',
  summary: 'Preview the release of a hold; nothing is released',
  tags: ['Holds'],
  request: { params: HoldParams },
  responses: { 200: answer(HoldPreview, 'The effect of a release at `asOf`') },
});

/** The route that shows what releasing a hold would change. */
export function holdPreviewRoutes({ db }: AppDeps) {
  return createRoutes().openapi(previewRoute, async (c) => {
    const found = await readHoldFacts(db, c.req.valid('param').holdId, paydaysAround);
    if (!found) throw new Problem('unknown-hold', 'No hold has this id');
    const { hold, facts } = found;
    if (hold.state !== 'active') {
      throw new Problem('hold-not-active', `This hold is already ${hold.state}`);
    }
    return c.json({ ...previewRelease(facts, hold, sayInstant), hold: toHold(hold) }, 200);
  });
}
