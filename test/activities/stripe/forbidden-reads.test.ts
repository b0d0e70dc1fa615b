import { afterEach, describe, expect, test } from 'vitest';
import type { Tx } from '../../../db/connect.ts';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { confirmNotSent, confirmSent } from '../../../db/payouts/commands.ts';
import { parkPayout } from '../../../db/payouts/steps.ts';
import type { PayoutId } from '../../../domain/ids.ts';
import { lookUpDelaysMinutes } from '../../../domain/payouts/look-ups.ts';
import { type Stage, startStage } from '../../build/stage.ts';

/** What cannot be read for good is told to a person, and goes on with what the person says. */
let stage: Stage;
afterEach(() => stage.close());

const neverTells = {
  kind: 'status',
  status: 500,
  headers: { 'Stripe-Should-Retry': 'false' },
  processed: true,
};
const command = <T>(does: (tx: Tx, of: PayoutId) => Promise<T>) =>
  stage.db.transaction().execute((tx) => does(tx, stage.payoutId));

describe.each(['transfer', 'payout'] as const)('a %s of unknown outcome', (step) => {
  const isForbidden = { kind: 'status', method: 'GET', status: 403 };

  test('is looked for again once the key may look', async () => {
    stage = await startStage(step);
    await stage.disturb(neverTells);
    await stage.act();
    await stage.disturb({ ...isForbidden, count: 1 });
    const waits = { parked: null, unknownStep: step, waitingFor: 'outcome-look-up', lookUps: 1 };
    expect(await stage.lookUp()).toMatchObject(waits);
    await stage.moveMinutes(1);
    const status = { transfer: 'transferred', payout: 'sent' } as const;
    expect(await stage.lookUp()).toMatchObject({ status: status[step] });
    expect(await stage.made()).toHaveLength(1);
  });

  test('that this key may never look for is for a person, who may say what became of it', async () => {
    stage = await startStage(step);
    await stage.disturb(neverTells);
    expect(await stage.act()).toMatchObject({ unknownStep: step, parked: null });
    await stage.disturb({ ...isForbidden, count: lookUpDelaysMinutes.length });
    for (const minutes of lookUpDelaysMinutes) {
      await stage.moveMinutes(minutes);
      await stage.lookUp();
    }
    expect(await stage.row()).toMatchObject({
      parked: 'outcome-unknown',
      parkedDetail: 'Stripe does not let this key look',
      unknownStep: step,
    });
    const [made] = await stage.made();
    const confirm = (tx: Tx, of: PayoutId) => confirmSent(tx, of, made?.id ?? '');
    expect(await command(confirm)).toBe('done');
    const status = { transfer: 'transferred', payout: 'sent' } as const;
    expect(await stage.lookUp()).toMatchObject({ status: status[step], parked: null });
  });
});

test('a payout of unknown outcome from an account that has left is no endless look-up', async () => {
  stage = await startStage('payout');
  await stage.disturb(neverTells);
  await stage.act();
  await stage.sandbox.ask('POST', `accounts/${stage.account}/deauthorize`);
  expect(await stage.lookUp()).toMatchObject({
    parked: 'outcome-unknown',
    parkedDetail: 'its account has left the platform, so nobody can look',
    unknownStep: 'payout',
  });
  expect(await command(confirmNotSent)).toBe('done');
  expect(await stage.row()).toMatchObject({ parked: null, unknownStep: null });
});

test('a payout is found though the clock here runs half an hour ahead of Stripe’s', async () => {
  stage = await startStage('payout');
  await stage.disturb(neverTells);
  await stage.act();
  const { now } = await stage.row();
  const later = new Date(Date.parse(now) + 30 * 60_000).toISOString();
  await stage.db.updateTable('attempts').set({ first_sent_at: later }).execute();
  expect(await stage.lookUp()).toMatchObject({ status: 'sent', unknownStep: null });
});

test('a payout that could not be followed is canceled at Stripe all the same', async () => {
  stage = await startStage('payout');
  const sent = await stage.act();
  await parkPayout(stage.db, sent, 'unexpected-state', 'Stripe does not let this key read it');
  const plan = await stage.db
    .transaction()
    .execute((tx) => cancelPayout(tx, stage.payoutId, 'key_of_the_tests'));
  expect(plan).toEqual({ kind: 'ask-stripe' });
  expect(await stage.row()).toMatchObject({ parked: null, cancelAsked: true });
  expect(await stage.run.cancel()).toMatchObject({ status: 'canceled' });
});

test('an account that is gone at Stripe is restricted, and its seller goes on', async () => {
  stage = await startStage('payout');
  expect(await stage.run.readAccount()).toMatchObject({ canReceiveTransfers: true });
  const gone = { kind: 'status', method: 'GET', path: '/v2/core/accounts', status: 404 };
  await stage.disturb({ ...gone, code: 'not_found' });
  expect(await stage.run.readAccount()).toMatchObject({
    canReceiveTransfers: false,
    canPayOut: false,
    stripeAccount: stage.account,
  });
  await stage.disturb();
  expect(await stage.run.readAccount()).toMatchObject({ canReceiveTransfers: true });
});
