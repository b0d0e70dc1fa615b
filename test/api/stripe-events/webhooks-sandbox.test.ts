import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi } from '../../../api/main.ts';
import { readConfig } from '../../../config.ts';
import { connect, type Db } from '../../../db/connect.ts';
import { type MoneySandbox, startMoneySandbox } from '../../sandbox/money/stage.ts';
import { createTestDatabase, openTemporal } from '../../servers/environment.ts';
import { until } from '../../../dev/wait.ts';
import { insertSeller } from '../plumbing.ts';

const secret = 'whsec_of_the_tests';
let sandbox: MoneySandbox;
let api: Awaited<ReturnType<typeof startApi>>;
let db: Db;
let temporal: TestWorkflowEnvironment;

beforeAll(async () => {
  sandbox = await startMoneySandbox();
  temporal = await openTemporal();
  const databaseUrl = await createTestDatabase();
  db = connect(databaseUrl);
  const config = readConfig({
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.client.options.namespace,
    STRIPE_SECRET_KEY: 'sk_test_sandbox',
    STRIPE_API_BASE: sandbox.url,
    STRIPE_WEBHOOK_SECRETS: secret,
    API_PORT: '0',
  });
  api = await startApi(config, () => undefined);
  const url = `${api.url}/webhooks/stripe`;
  const destinations = ['snapshot', 'thin'].map((payload) => {
    return { id: payload, url, secret, scope: 'both', payload, enabledEvents: ['*'] };
  });
  await sandbox.ask('PUT', 'destinations', { destinations });
});
afterAll(async () => {
  await sandbox.close();
  await api.stop();
  await db.destroy();
  await temporal.teardown();
});

describe('what the sandbox sends', () => {
  test('is taken, snapshot and thin, and tells the seller it is about', async () => {
    const account = (await sandbox.newcomer()) as `acct_${string}`;
    const sellerId = await insertSeller(db, { account });
    await sandbox.ask('POST', `accounts/${account}/complete-onboarding`, {});
    const types = ['account.external_account.created', 'v2.core.account[requirements].updated'];
    await until('both kinds are stored for the account', async () => {
      const rows = await db
        .selectFrom('inbox')
        .select('type')
        .where('account', '=', account)
        .execute();
      return types.every((type) => rows.some((row) => row.type === type));
    });
    await until('everything was delivered', async () => {
      const { deliveries } = (await sandbox.ask('GET', 'deliveries')) as {
        deliveries: { state: string }[];
      };
      return deliveries.length > 0 && deliveries.every(({ state }) => state === 'delivered');
    });
    await until('the seller was told', async () => {
      const rows = await db.selectFrom('wake_ups').select('workflow_id').execute();
      return rows.length === 0;
    });
    const run = await temporal.client.workflow.getHandle(`seller/${sellerId}`).describe();
    expect(run.status.name).toBe('RUNNING');
  });
});
