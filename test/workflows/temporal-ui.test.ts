import { readFileSync } from 'node:fs';
import type { WorkflowFailedError, WorkflowHandle } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { payoutWorkflowId, type SellerId, sellerWorkflowId } from '../../domain/ids.ts';
import {
  createActiveSeller,
  fundPlatform,
  orderPayout,
  type RunningEngine,
  startEngine,
  untilPayout,
} from '../build/engine.ts';
import { until } from '../../dev/wait.ts';
import { lookAgain } from '../../workflows/messages.ts';

let engine: RunningEngine;
beforeAll(async () => {
  engine = await startEngine({ jobs: false });
});
afterAll(() => engine.stop());

describe('what an operator reads in the Temporal UI', () => {
  test('of a payout says what it waits for, what Stripe said last, and what each step is', async () => {
    const sellerId = await createActiveSeller(engine);
    const body = { amount: 50_00, currency: 'eur' };
    await engine.call('POST', `/v1/sellers/${sellerId}/earnings`, body);
    const workflowId = payoutWorkflowId(await orderPayout(engine, sellerId));
    const details = await untilDetails(workflowId, /waits for money in the platform’s balance/);
    expect(details).toContain('50.00 EUR');
    expect(details).toContain('last error: Stripe: balance_insufficient');
    const { activities, timers, localActivities } = await summariesOf(workflowId);
    expect(activities).toEqual(['Transfers from the platform to the seller’s account']);
    expect(localActivities).toContain('Reserves money for the payout');
    expect(timers).toEqual([expect.stringMatching(/^Waits for money in the platform’s balance;/)]);
  });

  test('lists a payout that waits too long for the platform’s money as one for an operator', async () => {
    const sellerId = await createActiveSeller(engine);
    const earning = { amount: 50_00, currency: 'eur' };
    await engine.call('POST', `/v1/sellers/${sellerId}/earnings`, earning);
    const payoutId = await orderPayout(engine, sellerId);
    const workflowId = payoutWorkflowId(payoutId);
    await untilDetails(workflowId, /waits for money in the platform’s balance/);
    expect(await countOf(workflowId, 'NeedsOperator = false')).toBe(1);
    const longAgo = sql<string>`waits_since - interval '4 days'`;
    const waiting = engine.db.updateTable('payouts').set({ waits_since: longAgo });
    await waiting.where('id', '=', payoutId).execute();
    await engine.temporal.workflow.getHandle(workflowId).signal(lookAgain, ['payouts']);
    await until('the list shows it', async () => (await countOf(workflowId, needed)) === 1);
    await untilDetails(workflowId, /has waited longer than 3 days/);
  });

  test('of a seller who stopped says why, and the call that lets it go on', async () => {
    const error = { type: 'invalid_request_error', code: 'country_unsupported', message: 'No' };
    const aim = { kind: 'status', method: 'POST', path: '/v2/core/accounts', status: 400 };
    const rules = [{ ...aim, body: JSON.stringify({ error }) }];
    await engine.control('PUT', '/faults', { rules });
    const seller = { email: 'bob@example.com', country: 'DE' };
    const { id } = (await engine.call('POST', '/v1/sellers', seller)) as { id: SellerId };
    const details = await untilDetails(sellerWorkflowId(id), /Needs a person: account-refused/);
    expect(details).toContain('last error: Stripe: country_unsupported');
    expect(details).toContain(`- \`POST /v1/sellers/${id}/retry\``);
    const { activities } = await summariesOf(sellerWorkflowId(id));
    expect(activities).toEqual(['Opens the seller’s account at Stripe']);
  });
});

describe('the Temporal UI', () => {
  test('shows a seller its payout in trouble, and a failed payout how it ended', async () => {
    const sellerId = await createActiveSeller(engine);
    await engine.call('POST', `/v1/sellers/${sellerId}/earnings`, {
      amount: 50_00,
      currency: 'eur',
    });
    const payoutId = await orderPayout(engine, sellerId);
    const short = new RegExp(`Payout ${payoutId}: .* platform’s balance`);
    await untilDetails(sellerWorkflowId(sellerId), short);
    await engine.call('POST', `/v1/payouts/${payoutId}/cancel`, {});
    await untilDetails(payoutWorkflowId(payoutId), /The end: canceled/);
    await untilDetails(sellerWorkflowId(sellerId), /no payout is ordered/);
    const ended = engine.temporal.workflow.getHandle(payoutWorkflowId(payoutId));
    expect((await ended.describe()).status.name).toBe('COMPLETED');
    // Temporal drops a signal that leaves in the same task as the end of the run.
    const { events } = await ended.fetchHistory();
    const told = (events ?? []).filter(
      (one) => one.externalWorkflowExecutionSignaledEventAttributes,
    );
    expect(told).toHaveLength(2);
  });

  test('shows a payout that the bank refused as failed, with the reason', async () => {
    const { sellerId, payoutId, stripePayoutId } = await sendPayout();
    const body = { failureCode: 'account_closed' };
    await engine.control('POST', `/payouts/${stripePayoutId}/fail`, body);
    await untilDetails(payoutWorkflowId(payoutId), /The end: failed/);
    const handle = engine.temporal.workflow.getHandle(payoutWorkflowId(payoutId));
    const failed = await handle.result().catch((error: WorkflowFailedError) => error.cause);
    expect(failed).toMatchObject({ type: 'payout-failed', nonRetryable: true });
    expect(String(failed)).toMatch(/Payout failed: 50\.00 EUR not paid.*account is closed/);
    expect((await handle.describe()).status.name).toBe('FAILED');
    const listed = `ExecutionStatus = 'Failed' and PayoutStatus = 'failed' and SellerId = '${sellerId}'`;
    const count = async () => (await engine.temporal.workflow.count(listed)).count;
    await until('the list shows it', async () => (await count()) === 1);
    expect(engine.worker.log()).not.toContain('Workflow failed');
  });

  test('shows the code of a hold, and neither its free text nor a name', async () => {
    const sellerId = await createActiveSeller(engine);
    const hold = { reason: 'Bob Miller', reasonCode: 'fraud-suspected' };
    await engine.call('POST', `/v1/sellers/${sellerId}/holds`, hold);
    const details = await untilDetails(sellerWorkflowId(sellerId), /a suspicion of fraud/);
    expect(details).toMatch(/decided by `\w+`/);
    const handle = engine.temporal.workflow.getHandle(sellerWorkflowId(sellerId));
    const { searchAttributes, memo } = await handle.describe();
    expect(searchAttributes['HoldReason']).toEqual(['fraud-suspected']);
    expect(searchAttributes['NeedsOperator']).toEqual([true]);
    const history = JSON.stringify([await handle.fetchHistory(), memo, searchAttributes]);
    const decoded = history.replaceAll(/"data":"([\w+/=]*)"/g, (_all, data: string) => {
      return Buffer.from(data, 'base64').toString('utf8');
    });
    expect(decoded).toContain('a suspicion of fraud');
    expect(`${decoded} ${details}`).not.toMatch(/Miller|ada@example/);
  });

  test('shows a seller that a payout is late, and when it no longer is', async () => {
    const { sellerId, payoutId, stripePayoutId } = await sendPayout();
    const longAgo = sql<string>`sent_at - interval '8 days'`;
    const late = engine.db.updateTable('payouts').set({ sent_at: longAgo });
    await late.where('id', '=', payoutId).execute();
    const payout = engine.temporal.workflow.getHandle(payoutWorkflowId(payoutId));
    await payout.signal(lookAgain, ['payouts']);
    await untilDetails(sellerWorkflowId(sellerId), /\*\*Must act: an operator/);
    await engine.control('POST', `/payouts/${stripePayoutId}/pay`, {});
    await untilPayout(engine, payoutId, 'paid');
    await untilDetails(sellerWorkflowId(sellerId), /\*\*Must act: nobody/);
  });

  test('lists only the newest run of a payout that needs an operator', async () => {
    await engine.control('PUT', '/faults', { rules: [refusal] });
    const { payoutId } = await orderFunded();
    const workflowId = payoutWorkflowId(payoutId);
    await untilDetails(workflowId, /Needs a person: refused-by-stripe/);
    await engine.control('PUT', '/faults', { rules: [] });
    const replaced = () => countOf(workflowId, 'ExecutionStatus = "ContinuedAsNew"');
    await until('a new run began', async () => (await replaced()) === 1);
    await until('the new run needs an operator', async () => {
      return (await countOf(workflowId, `${needed} and ExecutionStatus = "Running"`)) === 1;
    });
    expect(await countOf(workflowId, needed)).toBe(1);
  });

  test('shows no next payout of a paused seller, whose payday passes unopened', async () => {
    const sellerId = await createActiveSeller(engine);
    const schedule = { interval: 'daily', timeZone: 'Europe/Berlin' };
    await engine.call('PATCH', `/v1/sellers/${sellerId}`, { schedule });
    const earning = { amount: 50_00, currency: 'eur' };
    await engine.call('POST', `/v1/sellers/${sellerId}/earnings`, earning);
    const handle = engine.temporal.workflow.getHandle(sellerWorkflowId(sellerId));
    await handle.signal(lookAgain, ['payouts']);
    const listed = `SellerId = '${sellerId}' and NextPayoutAt is not null`;
    const shown = async () => (await engine.temporal.workflow.count(listed)).count > 0;
    await until('the next payday is shown', shown);
    await engine.call('POST', `/v1/sellers/${sellerId}/pause`, { reason: 'odd logins' });
    await until('no payday is shown', async () => !(await shown()));
  });

  test('accepts every query that docs/operating.md links', async () => {
    const manual = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
    const linked = [...manual.matchAll(/workflows\?query=([^)]*)\) \| `([^`]*)`/g)];
    expect(linked.length).toBeGreaterThan(5);
    for (const [, link = '', query = ''] of linked) {
      expect(decodeURIComponent(link)).toBe(query);
      await engine.temporal.workflow.count(query);
    }
  });
});

const needed = 'NeedsOperator = true';

/** The number of runs of a workflow in Temporal's list that this query finds. */
async function countOf(workflowId: string, query: string): Promise<number> {
  const all = `WorkflowId = '${workflowId}' and ${query}`;
  return (await engine.temporal.workflow.count(all)).count;
}

const refusal = {
  kind: 'status',
  method: 'POST',
  path: '/v1/payouts',
  status: 400,
  body: JSON.stringify({
    error: { type: 'invalid_request_error', code: 'country_unsupported', message: 'No' },
  }),
};

/** A payout of 50.00 EUR that Stripe has sent. */
async function sendPayout() {
  const { sellerId, payoutId } = await orderFunded();
  const { stripePayoutId } = await untilPayout(engine, payoutId, 'sent');
  return { sellerId, payoutId, stripePayoutId };
}

/** An ordered payout of 50.00 EUR that the platform's balance covers. */
async function orderFunded() {
  const sellerId = await createActiveSeller(engine);
  await fundPlatform(engine);
  const earning = { amount: 50_00, currency: 'eur' };
  await engine.call('POST', `/v1/sellers/${sellerId}/earnings`, earning);
  return { sellerId, payoutId: await orderPayout(engine, sellerId) };
}

/** The current details that the server hands to the UI, once they say this. */
async function untilDetails(workflowId: string, words: RegExp): Promise<string> {
  return until(`the details of ${workflowId} say ${words}`, async () => {
    const handle = engine.temporal.workflow.getHandle(workflowId);
    const told = handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    const { currentDetails = '' } = await told.catch(() => ({ currentDetails: undefined }));
    return words.test(currentDetails) && currentDetails;
  });
}

type Told = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<Told['events']>[number];

/** The summaries that stand beside the events of a run. */
async function summariesOf(workflowId: string) {
  const { events } = await engine.temporal.workflow.getHandle(workflowId).fetchHistory();
  const of = (field: keyof HistoryEvent): string[] =>
    (events ?? [])
      .filter((event) => event[field])
      .map(({ userMetadata }) => {
        const { data } = userMetadata?.summary ?? {};
        return data ? String(JSON.parse(Buffer.from(data).toString())) : '';
      });
  return {
    activities: of('activityTaskScheduledEventAttributes'),
    localActivities: of('markerRecordedEventAttributes'),
    timers: of('timerStartedEventAttributes'),
  };
}
