import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { Worker } from '@temporalio/worker';
import { expect, inject, test } from 'vitest';
import { openTemporal } from '../servers/environment.ts';
import { root } from '../servers/program.ts';
import { until } from '../../dev/wait.ts';

test.each([
  // who asks for work       it ends with
  [undefined, 1],
  [`7@another-host`, 1],
  [`7@${hostname()}`, 0],
])(
  'what Docker asks of a worker, while %s asks Temporal for work, ends with %i',
  async (identity, code) => {
    const temporal = await openTemporal();
    const { address, nativeConnection: connection } = temporal;
    const { namespace } = temporal.client.options;
    const env = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
    const workflowBundle = { codePath: inject('workflowBundle') };
    const asking = async (): Promise<void> => {
      const shared = { connection, namespace, identity: String(identity), workflowBundle };
      const worker = await Worker.create({ ...shared, taskQueue: 'engine' });
      await worker.runUntil(async () => {
        await until('it asks', async () => {
          const queue = { namespace, taskQueue: { name: 'engine' } };
          return (await connection.workflowService.describeTaskQueue(queue)).pollers.length > 0;
        });
        expect(await ask(env)).toBe(code);
      });
    };
    if (identity === undefined) expect(await ask(env)).toBe(code);
    else await asking();
    await temporal.teardown();
  },
);

/** Runs the command of the compose file as Docker would; answers with its exit code. */
async function ask(env: Record<string, string>): Promise<number> {
  const settings = {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    STRIPE_SECRET_KEY: 'sk_test_sandbox',
  };
  const child = spawn(process.execPath, ['workers/health.ts'], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...settings, ...env },
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number];
  return code;
}
