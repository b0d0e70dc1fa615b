import { expect, test } from 'vitest';
import { readReady, startEngine } from '../build/engine.ts';
import { until } from '../../dev/wait.ts';

type Ready = { failedChecks: { name: string; remedy: string }[] };

test("says so, with the remedy, while the platform's own payouts are automatic", async () => {
  const engine = await startEngine();
  try {
    expect(await failedChecks()).toEqual([]);
    await setInterval('daily');
    const [check] = await until('the check fails', async () => {
      const failed = await failedChecks();
      return failed.length > 0 && failed;
    });
    expect(check?.name).toBe('platform-payouts-manual');
    expect(check?.remedy).toContain('set the payout schedule to manual');
    await setInterval('manual');
    await until('the check passes', async () => (await failedChecks()).length === 0);
  } finally {
    await engine.stop();
  }

  async function failedChecks(): Promise<Ready['failedChecks']> {
    const ready: Ready = await readReady(engine);
    return ready.failedChecks;
  }

  async function setInterval(interval: string): Promise<void> {
    const answer = await fetch(`${engine.env['STRIPE_API_BASE']}/v1/balance_settings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${engine.env['STRIPE_SECRET_KEY']}` },
      body: new URLSearchParams({ 'payments[payouts][schedule][interval]': interval }),
    });
    expect(answer.status).toBe(200);
  }
});
