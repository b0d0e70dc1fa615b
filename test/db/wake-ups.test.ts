import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { connect } from '../../db/connect.ts';
import { recordEvents } from '../../db/stripe-events/inbox.ts';
import { addWakeUps, listWakeUps, removeWakeUps, transact } from '../../db/wake-ups.ts';
import { insertPayout, insertSeller, readWakeUps, waitingHere } from '../api/plumbing.ts';
import { createTestDatabase } from '../servers/environment.ts';
import { until } from '../../dev/wait.ts';

const all = { limit: 1000, olderThanSeconds: 0 };

describe('a wake-up', () => {
  test('that is told is removed, unless another reason came meanwhile', async () => {
    const db = connect(await createTestDatabase());
    await addWakeUps(db, [
      { workflowId: 'payout/b', topics: ['deadline'] },
      { workflowId: 'payout/a', topics: ['deadline'] },
    ]);
    const told = await listWakeUps(db, all);
    await addWakeUps(db, [{ workflowId: 'payout/a', topics: ['payouts'] }]);
    await removeWakeUps(db, told);
    expect(await readWakeUps(db)).toEqual({ 'payout/a': ['deadline', 'payouts'] });
  });

  test('is not removed while the reason that came meanwhile is being written', async () => {
    const db = connect(await createTestDatabase());
    await addWakeUps(db, [{ workflowId: 'payout/a', topics: ['deadline'] }]);
    const told = await listWakeUps(db, all);
    let removing: Promise<void> = Promise.resolve();
    await db.transaction().execute(async (tx) => {
      await addWakeUps(tx, [{ workflowId: 'payout/a', topics: ['payouts'] }]);
      removing = removeWakeUps(db, told);
      await until('the removal waits', async () => {
        return (await sql`${sql.raw(waitingHere)}`.execute(db)).rows.length > 0;
      });
    });
    await removing;
    expect(await readWakeUps(db)).toEqual({ 'payout/a': ['deadline', 'payouts'] });
  });

  test.each([
    ['a payout first', ['payout/a', 'seller/b']],
    ['the seller first', ['seller/b', 'payout/a']],
  ])('is written at the end of its transaction, in order: %s', async (_why, order) => {
    const db = connect(await createTestDatabase());
    await addWakeUps(db, [
      { workflowId: 'payout/a', topics: ['deadline'] },
      { workflowId: 'seller/b', topics: ['deadline'] },
    ]);
    let writing: Promise<void> = Promise.resolve();
    await db.transaction().execute(async (tx) => {
      await addWakeUps(tx, [{ workflowId: 'payout/a', topics: ['money'] }]);
      writing = transact(db, async (own) => {
        for (const workflowId of order)
          await addWakeUps(own, [{ workflowId, topics: ['payouts'] }]);
      });
      await until('the other transaction waits', async () => {
        return (await sql`${sql.raw(waitingHere)}`.execute(db)).rows.length > 0;
      });
      // Whoever waits for the first wake-up has not locked a later one.
      const { rows: free } = await sql`
        select workflow_id from wake_ups where workflow_id = 'seller/b' for update skip locked
      `.execute(tx);
      expect(free.length).toBe(1);
    });
    await writing;
    expect(await readWakeUps(db)).toEqual({
      'payout/a': ['deadline', 'money', 'payouts'],
      'seller/b': ['deadline', 'payouts'],
    });
  });

  test('of a transaction that fails is not written', async () => {
    const db = connect(await createTestDatabase());
    const failing = transact(db, async (tx) => {
      await addWakeUps(tx, [{ workflowId: 'payout/a', topics: ['payouts'] }]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await readWakeUps(db)).toEqual({});
  });

  test('never makes writers and removers wait for each other in a ring', async () => {
    const db = connect(await createTestDatabase(), { connections: 12 });
    const sellerId = await insertSeller(db, { account: 'acct_1' });
    const ids = Array.from({ length: 60 }, (_, n) => `po_${n}`);
    for (const id of ids)
      await insertPayout(db, sellerId, { status: 'sent', stripe_payout_id: id });
    const eventsOf = (round: string, order: string[]) =>
      order.map((objectId) => ({
        eventId: `evt_${round}_${objectId}`,
        type: 'payout.paid',
        account: 'acct_1',
        objectId,
      }));
    const write = async (writer: number) => {
      const order = writer % 2 === 0 ? ids : ids.toReversed();
      for (let round = 0; round < 25; round += 1) {
        await recordEvents(db, eventsOf(`${writer}_${round}`, order), 'webhook');
      }
    };
    const remove = async () => {
      for (let round = 0; round < 50; round += 1)
        await removeWakeUps(db, await listWakeUps(db, all));
    };
    await Promise.all([...[0, 1, 2, 3].map(write), remove(), remove()]);
    await removeWakeUps(db, await listWakeUps(db, all));
    expect(await readWakeUps(db)).toEqual({});
  });
});
