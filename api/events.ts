import { z } from '@hono/zod-openapi';
import { findEvent, listEvents } from '../db/events.ts';
import { eventCatalogue, eventObjects, eventTypes } from '../domain/events.ts';
import { type EventId, isEventId } from '../domain/ids.ts';
import { type AppDeps, createRoutes } from './http/context.ts';
import { afterOf, pageOf, PageQuery, toFeed } from './http/pages.ts';
import { Problem } from './http/problems.ts';
import { defineRoute } from './http/define-route.ts';
import * as schemas from './http/schemas.ts';
import { answer } from './http/schemas.ts';

const EventTypeName = z.enum(eventTypes).openapi('EventType', {
  description: eventTypes.map((type) => `- \`${type}\`: ${eventCatalogue[type]}`).join('\n'),
});

const Event = z
  .object({
    id: z.string(),
    type: EventTypeName,
    object: z.object({ kind: z.enum(eventObjects), id: z.string() }),
    sellerId: z.string().nullable(),
    sequence: z.int().openapi({
      description:
        'The number of the event among the events of its object: 1, 2, 3 and so on, without gaps',
    }),
    at: schemas.Instant,
    data: z.object({
      previousStatus: z.string().nullable(),
      status: z
        .string()
        .nullable()
        .openapi({ description: 'Equal to `previousStatus` if the status did not change' }),
      reason: z.string().nullable().openapi({ description: 'A code, never free text' }),
      actor: z
        .string()
        .openapi({ description: 'The id of an API key, or `schedule`, `stripe` or `engine`' }),
      money: z.union([schemas.Money, z.null()]),
      requirements: z
        .object({ due: z.int(), dueBy: schemas.Instant.nullable() })
        .optional()
        .openapi({ description: 'Only in `seller.requirements_changed`' }),
      lost: z
        .object({ from: schemas.Instant, until: schemas.Instant })
        .optional()
        .openapi({ description: 'Only in `operations.changes_may_be_lost`. In real time' }),
    }),
  })
  .openapi('Event');

const listRoute = defineRoute({
  method: 'get',
  path: '/v1/events',
  operationId: 'listEvents',
  tags: ['Events'],
  summary: 'List events, oldest first',
  description:
    'Keep the `nextCursor` of every page, even of an empty page, and use it for the next request. You then get each event once, and the events of one object in order. An event appears when all transactions that began before it have ended, usually within milliseconds. If you may read the events of an object twice, ignore every event whose `sequence` is not higher than the last one you processed.',
  request: {
    query: z.strictObject({
      type: EventTypeName.optional(),
      objectId: z
        .string()
        .regex(/^\w{1,100}$/, 'must be the id of an object')
        .optional(),
      sellerId: schemas.SellerFilter,
      order: z.enum(['oldest-first', 'newest-first']).default('oldest-first'),
      ...PageQuery,
    }),
  },
  responses: { 200: answer(pageOf(Event), 'A page of events') },
});

const EventParams = z.object({
  eventId: z
    .custom<EventId>((id) => typeof id === 'string' && isEventId(id))
    .openapi({ type: 'string', param: { name: 'eventId', in: 'path' } }),
});

const getRoute = defineRoute({
  method: 'get',
  path: '/v1/events/{eventId}',
  operationId: 'getEvent',
  tags: ['Events'],
  summary: 'Get an event',
  request: { params: EventParams },
  responses: { 200: answer(Event, 'The event') },
});

/** Routes that list the events that the engine reports to the platform. */
export function eventRoutes({ db }: AppDeps) {
  return createRoutes()
    .openapi(listRoute, async (c) => {
      const { cursor, ...filter } = c.req.valid('query');
      const events = await listEvents(db, { ...filter, after: afterOf(cursor, isEventId) });
      if (events === 'unknown-cursor') {
        throw new Problem(
          'unknown-cursor',
          'This database does not have the event of the cursor, for example because the database was restored from an older backup. Read the events again without a cursor',
        );
      }
      return c.json(
        toFeed(events, { limit: filter.limit, cursor }, (event) => event),
        200,
      );
    })
    .openapi(getRoute, async (c) => {
      const event = await findEvent(db, c.req.valid('param').eventId);
      if (!event) throw new Problem('unknown-event', 'No event has this id');
      return c.json(event, 200);
    });
}
