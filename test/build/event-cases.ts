import { expect } from 'vitest';
import { type EventFacts, eventObjects, type EventType } from '../../domain/events.ts';
import type { MoneyDatabase } from './money.ts';

/** What a type of event tells, and how it comes about; answers with the object's id. */
export type Case = [type: EventType, told: Partial<EventFacts>, happens: () => Promise<string>];

/** Does one thing after the other about an object, and answers with its id. */
export async function act<Id extends string>(id: Id, ...doing: ((id: Id) => Promise<unknown>)[]) {
  for (const one of doing) await one(id);
  return id;
}

/** Holds the events of one object against what should be told, and each against the one before. */
export async function expectTold(
  { db }: MoneyDatabase,
  objectId: string,
  { type, told }: { type: EventType; told: Partial<EventFacts> },
): Promise<void> {
  const events = await db
    .selectFrom('events')
    .select(['type', 'object_kind', 'sequence', 'data'])
    .where('object_id', '=', objectId)
    .orderBy('sequence')
    .execute();
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_one, index) => index + 1));
  const meant = events.filter((event) => event.type === type);
  expect(meant.at(-1)?.data).toMatchObject(told);
  expect(JSON.stringify(events)).not.toContain('free text');
  for (const { object_kind: kind } of events) {
    expect(eventObjects).toContain(kind);
    expect(kind).toBe(type.split('.')[0]);
  }
}
