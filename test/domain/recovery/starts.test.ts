import { expect, test } from 'vitest';
import {
  explainLoss,
  judgeStart,
  type LossCause,
  lossCheck,
  type PostgresStart,
} from '../../../domain/recovery/starts.ts';

const known: PostgresStart = { start: '1', dataId: 'a', timeline: 1, isDurable: true };

test.each<[Partial<PostgresStart>, Partial<PostgresStart>, LossCause | null, why: string]>([
  // before, now, cause, why
  [{}, {}, null, 'the same start'],
  [{}, { start: '2' }, null, 'a restart or a crash keeps what was acknowledged'],
  [{}, { start: '2', timeline: 2 }, 'new-timeline', 'a promoted replica'],
  [{ timeline: 2 }, { start: '2', timeline: 2 }, null, 'the promoted server starts again'],
  [{ timeline: 3 }, { start: '2', timeline: 2 }, 'new-timeline', 'an abandoned server returns'],
  [{}, { start: '2', dataId: 'b' }, 'other-data', 'another server'],
  [{}, { dataId: 'b' }, 'other-data', 'a dump in the running server'],
  [{}, { start: '2', dataId: 'b', timeline: 2 }, 'other-data', 'the stronger cause'],
  [{}, { start: '2', isDurable: false }, 'not-durable', 'it does not wait for the disk'],
  [{ isDurable: false }, { start: '2' }, 'not-durable', 'it did not wait for the disk'],
  [{}, { isDurable: false }, null, 'a changed setting loses nothing'],
  [{}, { start: '2', dataId: null, timeline: null }, 'not-comparable', 'it no longer says'],
  [{ dataId: null }, { start: '2' }, 'not-comparable', 'it did not say'],
  [{ dataId: null, timeline: null }, {}, null, 'the same start says it now'],
])('after %j, %j may have lost changes: %s, because %s', (before, now, cause) => {
  expect(judgeStart({ ...known, ...before }, { ...known, ...now })).toBe(cause);
});

test('the first start has nothing to lose', () => {
  expect(judgeStart(undefined, known)).toBeNull();
});

test('a possible loss names its time to the second, what to look at, and what to send', () => {
  const words = explainLoss({
    id: 'start_1',
    cause: 'new-timeline',
    from: '2026-11-30T10:00:05.123Z',
    until: '2026-11-30T10:01:06.000Z',
  });
  expect(words).toContain(
    'between Mon, 30 Nov 2026, 10:00:05 UTC and Mon, 30 Nov 2026, 10:01:06 UTC',
  );
  for (const lost of ['stops', 'holds', 'cancellations', 'revoked API keys', 'commands']) {
    expect(words).toContain(lost);
  }
  expect(words).toContain('POST /v1/recovery/starts/start_1/acknowledge');
});

test('the check passes once nothing is left to acknowledge', () => {
  expect(lossCheck([])).toMatchObject({ name: 'nothing-lost', passed: true });
});
