import { expect, test } from 'vitest';
import { troubleLine } from '../../dev/processes/trouble.ts';

const sdk = {
  sdkComponent: 'activity',
  taskQueue: 'stripe-payouts',
  isLocal: false,
  attempt: 1,
  namespace: 'default',
  activityId: '4',
  activityType: 'createPayout',
  workflowId: 'payout/payout_and4651yntvpv4k690jt',
  workflowRunId: '01a20e42-a251-722d-bec9-67174708482d',
  workflowType: 'payout',
};

test('a warning shows what happened first: the key, the verdict, the code', () => {
  const own = { key: 'payout_1/payout/1', verdict: 'retry', statusCode: 429, code: 'rate_limit' };
  const line = { level: 'warn', event: 'Stripe did not say yes', ...sdk, ...own, requestId: null };
  expect(troubleLine('worker', JSON.stringify(line))).toBe(
    'worker   | Stripe did not say yes: key=payout_1/payout/1 verdict=retry statusCode=429 ' +
      'code=rate_limit attempt=1 activityType=createPayout ' +
      'workflowId=payout/payout_and4651yntvpv4k690jt',
  );
});

test.each([
  [
    { event: 'Activity failed', error: { name: 'E', message: 'gone' } },
    'Activity failed: error=gone',
  ],
  [{ event: 'gone' }, 'gone'],
  [{ event: 'cannot start', message: 'why' }, 'cannot start: message=why'],
])('%j is told as %s', (line, words) => {
  expect(troubleLine('API', JSON.stringify(line))).toBe(`API      | ${words}`);
});

test('a line that is none of our log is shown as it is, without colours and not without end', () => {
  const escape = String.fromCharCode(27);
  const coloured = `${escape}[33m WARN${escape}[0m gone`;
  expect(troubleLine('worker', coloured)).toBe('worker   |  WARN gone');
  expect(troubleLine('worker', 'x'.repeat(5000)).length).toBeLessThan(500);
});
