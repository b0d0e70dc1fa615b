import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApi } from '../../api/main.ts';
import { readConfig } from '../../config.ts';
import { recordInstallation } from '../../db/operations/installation.ts';
import { freePort } from '../../dev/ports.ts';
import { openTemporal } from '../servers/environment.ts';
import { until } from '../../dev/wait.ts';
import { asOfOlderVersion } from '../servers/older-version.ts';
import { openStage, type SetUpStage, webhookUrl } from './set-up-stage.ts';

let temporal: TestWorkflowEnvironment;
let stage: SetUpStage;

beforeAll(async () => {
  temporal = await openTemporal();
});
beforeEach(async () => {
  stage = await openStage(temporal);
});
afterEach(() => stage.close());
afterAll(() => temporal.teardown());

const secretPattern = /whsec_\w+/g;

describe('the set-up in Temporal', () => {
  test('makes the Schedules, and corrects one whose interval is another', async () => {
    expect(await ofTemporal()).toEqual([expect.stringMatching(/^made: .*job\/relay.*job\/sweep/)]);
    expect(await ofTemporal()).toEqual([expect.stringMatching(/^ok: /)]);
    const corrected = await stage.run({ SWEEP_SECONDS: '7' });
    expect(corrected.of('Temporal')).toEqual([expect.stringMatching(/^made: .*: job\/sweep$/)]);
    const { spec } = await stage.temporal.schedule.getHandle('job/sweep').describe();
    expect(spec.intervals).toMatchObject([{ every: 7000 }]);
  });

  test('says where it looked when Temporal does not answer, and checks the rest', async () => {
    const { of, states } = await stage.run({ TEMPORAL_NAMESPACE: 'nowhere' });
    expect(of('Temporal')).toEqual([expect.stringMatching(/^fatal: .*namespace nowhere/)]);
    expect(states('Stripe key')).toEqual(['ok']);
  });

  async function ofTemporal(): Promise<string[]> {
    return (await stage.run()).of('Temporal');
  }
});

describe('the set-up of event destinations', () => {
  test('makes one for each kind and shows their secrets, and again it changes nothing', async () => {
    const first = await stage.run();
    expect(first.states('Webhooks')).toEqual(['made', 'made', 'made']);
    const made = await stage.destinations();
    expect(made).toMatchObject([
      { url: webhookUrl, payload: 'snapshot', scope: 'platform' },
      { url: webhookUrl, payload: 'snapshot', scope: 'connected' },
      { url: webhookUrl, payload: 'thin', scope: 'both' },
    ]);
    const shown = made.map(({ secret }) => secret).join(',');
    expect(first.text).toContain(`STRIPE_WEBHOOK_SECRETS=${shown}`);
    expect(first.text).toMatch(/4 things are made or corrected; nothing is wrong\.$/);

    const again = await stage.run({ STRIPE_WEBHOOK_SECRETS: shown });
    expect(again.states('Webhooks')).toEqual(['ok', 'ok', 'ok']);
    expect(again.of('Signing secrets')).toEqual([expect.stringMatching(/^ok: .*Roll secret/)]);
    expect(again.text).toMatch(/Nothing was changed; nothing is wrong\.$/);
    expect(again.text).not.toMatch(secretPattern);
    expect(await stage.destinations()).toEqual(made);
  });

  test('enables one that was disabled and gives it its types, under the same secret', async () => {
    await stage.run();
    const made = await stage.destinations();
    const id = made[1]?.id ?? '';
    await stage.stripe.v2.core.eventDestinations.update(id, { enabled_events: ['payout.paid'] });
    await stage.stripe.v2.core.eventDestinations.disable(id);
    const { of, text } = await stage.run();
    expect(of('Webhooks')[1]).toMatch(/^made: .*types of events, enabled again/);
    expect(text).not.toMatch(secretPattern);
    const now = await stage.destinations();
    expect(now.map(({ secret }) => secret)).toEqual(made.map(({ secret }) => secret));
    expect(now[1]).toMatchObject({ disabled: false, enabledEvents: made[1]?.enabledEvents });
  });

  test('makes one beside one of an older API version, and says when that may go', async () => {
    await stage.stripe.v2.core.eventDestinations.create({
      name: 'from an earlier version',
      type: 'webhook_endpoint',
      event_payload: 'snapshot',
      snapshot_api_version: '2025-09-30.clover',
      events_from: ['@self'],
      enabled_events: ['balance.available'],
      metadata: { payout_engine: 'platform' },
      webhook_endpoint: { url: webhookUrl },
    });
    const { of } = await stage.run();
    expect(of('Webhooks').slice(0, 3).join()).toMatch(/^made: .*made: .*made: /);
    expect(of('Webhooks')[3]).toMatch(/^wrong: .*2025-09-30\.clover.*delete this one/);
  });

  test('leaves alone what somebody else sends to the same address', async () => {
    const theirs = await stage.stripe.v2.core.eventDestinations.create({
      name: 'theirs',
      type: 'webhook_endpoint',
      event_payload: 'snapshot',
      enabled_events: ['charge.refunded'],
      webhook_endpoint: { url: webhookUrl },
    });
    expect((await stage.run()).states('Webhooks')).toEqual(['made', 'made', 'made']);
    const [first] = await stage.destinations();
    expect(first).toMatchObject({ id: theirs.id, enabledEvents: ['charge.refunded'] });
  });

  test('makes none where its words end in a log, and says what does', async () => {
    const { of, text } = await stage.run({}, false);
    expect(of('Webhooks')).toEqual([
      expect.stringMatching(/^wrong: 3 .*npm run setup in a terminal/),
    ]);
    expect(text).not.toMatch(secretPattern);
    expect(await stage.destinations()).toEqual([]);
  });

  test('makes none without an address: the sweep does the work', async () => {
    const { of } = await stage.run({ WEBHOOK_URL: '' });
    expect(of('Webhooks')).toEqual([expect.stringMatching(/^note: WEBHOOK_URL.*the sweep reads/)]);
    expect(await stage.destinations()).toEqual([]);
  });

  test('goes on past one that Stripe refuses, and shows the secrets of the others', async () => {
    const message = 'You have reached the maximum of 16 test webhook endpoints.';
    await answerOnce({ method: 'POST', path: '/v2/core/event_destinations', status: 400, message });
    const { of, text } = await stage.run();
    expect(of('Webhooks')).toEqual([
      expect.stringMatching(new RegExp(`^wrong: .*${message}`)),
      expect.stringMatching(/^made: /),
      expect.stringMatching(/^made: /),
    ]);
    const made = await stage.destinations();
    expect(text.match(secretPattern)).toEqual(made.map(({ secret }) => secret));
    expect((await stage.run()).states('Webhooks')).toEqual(['made', 'ok', 'ok']);
  });
});

test('what the destinations send is what the API takes, with the secrets that were shown', async () => {
  const port = String(await freePort());
  const address = { WEBHOOK_URL: `http://127.0.0.1:${port}/webhooks/stripe` };
  const { text } = await stage.run(address);
  const STRIPE_WEBHOOK_SECRETS = text.match(secretPattern)?.join(',') ?? '';
  const config = readConfig({ ...stage.env, STRIPE_WEBHOOK_SECRETS, API_PORT: port });
  const api = await startApi(config, () => undefined);
  try {
    const { id } = await stage.stripe.v2.core.accounts.create(
      {
        contact_email: 'ada@example.com',
        dashboard: 'express',
        identity: { country: 'de', entity_type: 'individual' },
        configuration: {
          recipient: {
            capabilities: { stripe_balance: { stripe_transfers: { requested: true } } },
          },
        },
      },
      { idempotencyKey: 'ada' },
    );
    await stage.ask('POST', `accounts/${id}/complete-onboarding`, {});
    await stage.stripe.charges.create({
      amount: 1_00,
      currency: 'eur',
      source: 'tok_bypassPending',
    });
    await until('one event of each destination is stored, and none was refused', async () => {
      const rows = await stage.db.selectFrom('inbox').select('type').execute();
      const types = rows.map(({ type }) => type);
      const { deliveries } = (await stage.ask('GET', 'deliveries')) as {
        deliveries: { state: string; tries: number }[];
      };
      const refused = deliveries.filter(({ state, tries }) => tries > 0 && state !== 'delivered');
      expect(refused).toEqual([]);
      return (
        types.includes('balance.available') &&
        types.includes('account.external_account.created') &&
        types.includes('v2.core.account[requirements].updated')
      );
    });
  } finally {
    await api.stop();
  }
});

describe('the set-up checks', () => {
  test('the key, and says which variable holds it', async () => {
    const { of, text } = await stage.run({ STRIPE_SECRET_KEY: 'sk_test_of_nobody' });
    expect(of('Stripe key')).toEqual([expect.stringMatching(/^fatal: .*STRIPE_SECRET_KEY/)]);
    expect(text).not.toContain('sk_test_of_nobody');
    expect(await stage.destinations()).toEqual([]);
  });

  test('that Stripe can be reached', async () => {
    const { of } = await stage.run({ STRIPE_API_BASE: 'http://127.0.0.1:9' });
    expect(of('Stripe key')).toEqual([expect.stringMatching(/cannot be reached \(ECONNREFUSED\)/)]);
  });

  test('whose database it is, and does nothing at Stripe with that of another', async () => {
    await recordInstallation(stage.db, {
      stripeAccount: 'acct_another',
      livemode: false,
      stripeIs: 'sandbox',
      platformCountry: 'US',
      temporalNamespace: stage.env.TEMPORAL_NAMESPACE,
    });
    const { of } = await stage.run();
    expect(of('Database')).toEqual([expect.stringMatching(/^fatal: .*not acct_another/)]);
    expect(await stage.destinations()).toEqual([]);
  });

  test('that the database is not of an older version, and does nothing at Stripe', async () => {
    await asOfOlderVersion(stage.env.DATABASE_URL);
    const { of } = await stage.run();
    expect(of('Database')).toEqual([expect.stringMatching(/^fatal: .*before the first release/)]);
    expect(await stage.destinations()).toEqual([]);
  });

  test('that the database has its tables', async () => {
    await stage.db.schema.alterTable('installation').renameTo('elsewhere').execute();
    const { of } = await stage.run();
    expect(of('Database')).toEqual([expect.stringMatching(/^fatal: .*node db\/migrate\.ts/)]);
  });

  test('the API version', async () => {
    expect((await stage.run()).of('API version')).toEqual(['ok: 2026-10-28.endive']);
    const body = JSON.stringify({ object: 'account', id: 'acct_sandboxplatform', country: 'US' });
    const headers = { 'Stripe-Version': '2025-09-30.clover' };
    await answerOnce({ method: 'GET', path: '/v1/account', status: 200, body, headers });
    const { of } = await stage.run();
    expect(of('API version')).toEqual([expect.stringMatching(/^wrong: .*2025-09-30\.clover/)]);
  });

  test('that Connect is on', async () => {
    expect((await stage.run()).states('Connect')).toEqual(['ok']);
    const code = 'platform_account_required';
    await answerOnce({ method: 'GET', path: '/v2/core/accounts', status: 400, code });
    const { of } = await stage.run();
    expect(of('Connect')).toEqual([expect.stringMatching(`wrong: .*${code}.*Stripe Connect`)]);
  });

  test("that the platform's own payouts are manual", async () => {
    await setInterval('daily');
    const wrong = await stage.run();
    expect(wrong.of('Platform payouts')).toEqual([
      expect.stringMatching(/^wrong: .*set the payout schedule to manual/),
    ]);
    expect(wrong.text).toMatch(/1 thing is wrong\.$/);
    await setInterval('manual');
    expect((await stage.run()).of('Platform payouts')).toEqual(['ok: manual']);
  });

  async function setInterval(interval: 'daily' | 'manual'): Promise<void> {
    const payments = { payouts: { schedule: { interval } } };
    await stage.stripe.balanceSettings.update({ payments });
  }
});

describe('the program of the set-up', () => {
  test('ends in 1 over anything wrong; before a start only over what prevents it', async () => {
    const payments = { payouts: { schedule: { interval: 'daily' as const } } };
    await stage.stripe.balanceSettings.update({ payments });
    const wrong = await runProgram([]);
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.output).toMatch(/^WRONG +Platform payouts/m);
    expect(wrong.output).toMatch(/^WRONG +Webhooks/m);
    expect(wrong.output).not.toMatch(secretPattern);
    expect(await runProgram(['--before-start'])).toMatchObject({ code: 0 });
    const key = { STRIPE_SECRET_KEY: 'sk_test_of_nobody' };
    expect(await runProgram(['--before-start'], key)).toMatchObject({ code: 1 });
  });

  test('refuses a live key without ALLOW_LIVE', async () => {
    const live = { STRIPE_SECRET_KEY: 'sk_live_1', STRIPE_API_BASE: '' };
    const { code, output } = await runProgram([], live);
    expect(code).toBe(1);
    expect(output).toContain('A live Stripe key needs ALLOW_LIVE=1');
    expect(output).not.toContain('at readConfig');
  });
});

/** As `npm run setup` does, with its words going into a log. */
async function runProgram(args: string[], change: Record<string, string> = {}) {
  const script = fileURLToPath(new URL('../../workers/setup/main.ts', import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { env: { ...stage.env, ...change } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, output };
}

async function answerOnce(rule: object): Promise<void> {
  await stage.ask('PUT', 'faults', { rules: [{ kind: 'status', ...rule }] });
}
