import { z } from '@hono/zod-openapi';
import { recordCheck } from '../../db/operations/checks.ts';
import {
  acknowledgeLoss,
  listPossibleLosses,
  listStarts,
  type StartRecord,
} from '../../db/recovery/starts.ts';
import {
  explainLoss,
  type LossCause,
  lossCauses,
  lossCheck,
} from '../../domain/recovery/starts.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { defineRoute } from '../http/define-route.ts';
import {
  answer,
  body,
  CommandHeaders,
  Instant,
  PostgresStartParams,
  text,
} from '../http/schemas.ts';

const causes = Object.keys(lossCauses) as [LossCause, ...LossCause[]];

const Start = z
  .object({
    id: z.string(),
    seenAt: Instant,
    cause: z
      .enum(causes)
      .nullable()
      .openapi({
        description: `Why acknowledged changes may be missing. Null if none are. ${causes
          .map((cause) => `\`${cause}\`: ${lossCauses[cause]}`)
          .join('. ')}`,
      }),
    lostFrom: Instant.nullable().openapi({
      description: 'The time whose changes may be missing, in real time, as in logs',
    }),
    lostUntil: Instant.nullable(),
    acknowledgedAt: Instant.nullable(),
    acknowledgedBy: z.string().nullable(),
    reason: z.string().nullable(),
    explanation: z.string(),
  })
  .openapi('PostgresStart');

const tags = ['Operations'];

const listRoute = defineRoute({
  method: 'get',
  path: '/v1/recovery/starts',
  operationId: 'listPostgresStarts',
  summary: 'List the starts of PostgreSQL, and what each may have lost',
  tags,
  responses: {
    200: answer(z.object({ data: z.array(Start) }), 'The last 100 starts, newest first'),
  },
});

const acknowledgeRoute = defineRoute({
  method: 'post',
  path: '/v1/recovery/starts/{startId}/acknowledge',
  command: 'acknowledge-loss',
  operationId: 'acknowledgeLoss',
  summary: 'Acknowledge that a start of PostgreSQL may have lost changes',
  description:
    'Send this after you have looked for the missing commands and have sent them again. The check `nothing-lost` passes when every possible loss is acknowledged.',
  tags,
  request: {
    params: PostgresStartParams,
    headers: CommandHeaders,
    body: body(z.strictObject({ reason: text(500) }).openapi('LossReason')),
  },
  responses: { 200: answer(Start, 'The acknowledged start') },
});

/** Routes that say what PostgreSQL may have lost, for example after a failover. */
export function startRoutes(deps: AppDeps) {
  return createRoutes()
    .openapi(listRoute, async (c) =>
      c.json({ data: (await listStarts(deps.db)).map(toStart) }, 200),
    )
    .openapi(acknowledgeRoute, async (c) => {
      const { startId } = c.req.valid('param');
      const request = c.req.valid('json');
      const order = { startId, by: c.get('caller').id, reason: request.reason };
      const done = await runCommand(c, deps, { kind: 'acknowledge-loss', request }, async (tx) => {
        const start = await acknowledgeLoss(tx, order);
        if (!start) {
          const detail = 'No start of PostgreSQL with this id may have lost anything';
          throw new Problem('unknown-loss', detail);
        }
        await recordCheck(tx, lossCheck(await listPossibleLosses(tx)));
        return { status: 200 as const, body: toStart(start), objectId: startId };
      });
      return c.json(done.body, 200);
    });
}

function toStart(start: StartRecord) {
  return { ...start, explanation: explain(start) };
}

function explain({ id, cause, lostFrom: from, lostUntil: until, ...start }: StartRecord): string {
  if (cause === null || from === null || until === null) {
    return 'PostgreSQL started with everything that it had acknowledged';
  }
  const words = explainLoss({ id, cause, from, until });
  return start.acknowledgedAt === null ? words : `A person has looked. ${words}`;
}
