import { expect } from 'vitest';
import { changeEarning } from '../../db/reconciliation/charges/earning-changes.ts';
import type { EarningOrder } from '../../domain/earnings/changes.ts';
import { type EventFacts, eventObjects, type EventType } from '../../domain/events.ts';
import type { MoneyDatabase } from './money.ts';

/**
 * An event type, the facts that its event must contain, and how it is caused. Causing it returns
 * the object's id.
 */
export type Case = [type: EventType, told: Partial<EventFacts>, happens: () => Promise<string>];

/** Runs the steps on an object one after the other. Returns its id. */
export async function act<Id extends string>(id: Id, ...doing: ((id: Id) => Promise<unknown>)[]) {
  for (const one of doing) await one(id);
  return id;
}

/**
 * Compares the last event of this type with the expected facts, and checks the sequence of the
 * object's events.
 */
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

/** The events of earnings. The database is there once the tests run. */
export function earningCases(money: () => MoneyDatabase): Case[] {
  const owed = (amount: number) => ({ money: { amount, currency: 'eur' } });
  const earn = async () => money().earn(await money().seller(), 100_00);
  const changed = async (order: EarningOrder) =>
    act(await earn(), (earningId) =>
      money()
        .db.transaction()
        .execute((tx) => changeEarning(tx, { earningId, order, reason: 'free text', by: 'key_1' })),
    );
  return [
    ['earning.recorded', owed(100_00), earn],
    ['earning.corrected', owed(70_00), () => changed({ kind: 'correct', amount: 70_00 })],
    ['earning.withdrawn', owed(100_00), () => changed({ kind: 'withdraw' })],
  ];
}
