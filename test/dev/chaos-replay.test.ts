import { expect, test } from 'vitest';

import { standstillFindings } from '../../dev/chaos/report.ts';
import type { Replay, StruckCall } from '../../dev/chaos/strikes/log.ts';
import type { Strike } from '../../dev/chaos/strikes/plan.ts';
import { compare } from '../../dev/chaos/strikes/replay.ts';

const kill: Strike = { during: 'orders', after: 3, do: 'kill', part: 'worker' };
const lost: Strike = { during: 'orders', after: 5, do: 'lose-temporal' };
const late: Strike = { during: 'orders', after: 9, do: 'late-return' };

const call = (endpoint: string, n: number, fault = 'drop-after'): StruckCall => {
  return { seq: n, endpoint, n, fault, delayMs: 0, at: 0, requestId: `req_${n}` };
};
const struck = (strike: Strike, told = '') => {
  return { line: 'strike', strike, from: '', to: '', told } as const;
};
const [transfer, payout] = [call('POST /v1/transfers', 4), call('POST /v1/payouts', 2)];
const before: Replay = {
  seed: 1,
  payouts: 10,
  strikes: [kill, lost, late],
  missed: [late],
  calls: [transfer, payout],
};

test('a replay that struck the same has no differences', () => {
  const strikes = [struck(kill), struck(lost), struck(late, 'missed: nobody was paid yet')];
  const again = compare(before, { strikes, calls: [payout, transfer] });
  expect(again).toEqual({ calls: 2, points: 2, differences: [] });
});

test('a replay names each point and each call that was not the same', () => {
  const strikes = [struck(kill), struck(lost, 'missed: waited in vain'), struck(late)];
  const other = call('POST /v1/payouts', 2, 'delay');
  expect(compare(before, { strikes, calls: [transfer, other] })).toEqual({
    calls: 1,
    points: 1,
    differences: [
      'missed this time: kill -9 of Temporal, and all that it stored is gone, after 5 orders',
      'missed before: a bank sends back what it had taken, after 9 orders',
      'never came this time: drop-after at POST /v1/payouts #2',
    ],
  });
});

test('a run whose kills mostly waited in vain is found out', () => {
  const at: Strike = {
    during: 'orders',
    after: 1,
    do: 'kill-at',
    when: 'after',
    path: '/v1/payouts',
  };
  const half = [
    struck(at),
    struck(at),
    struck(at, 'missed: in vain'),
    struck(at, 'missed: in vain'),
  ];
  const others = [struck(late, 'missed: nobody was paid yet'), struck(kill)];
  expect(standstillFindings([...half, ...others])).toEqual([]);
  expect(standstillFindings([...half, struck(at, 'missed: in vain')])).toEqual([
    {
      rule: 'standstill',
      about: 'the run',
      words: '3 of 5 kills at a request found no request',
    },
  ]);
});
