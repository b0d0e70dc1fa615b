import { describe, expect, test } from 'vitest';
import {
  type AttemptStep,
  letsMoneyGo,
  mayBeDone,
  requestEffects,
  requestOfStep,
  takesMoneyBack,
  type TriedAttempt,
} from '../../domain/stripe.ts';

test.each<[AttemptStep, goes: boolean, comesBack: boolean, why: string]>([
  ['transfer', true, false, 'the money leaves the platform'],
  ['payout', true, false, 'the money leaves the account'],
  ['cancel', false, true, 'the money comes back to the account'],
  ['account', false, false, 'an account has no money yet'],
])('the step %s lets money go: %s; takes money back: %s: %s', (step, goes, comesBack) => {
  expect(letsMoneyGo(step)).toBe(goes);
  expect(takesMoneyBack(step)).toBe(comesBack);
});

test('only the requests of steps let money go, so each of them passes the last check', () => {
  const going = Object.entries(requestEffects).filter(([, effect]) => effect === 'lets-go');
  const ofSteps: string[] = Object.values(requestOfStep);
  for (const [request] of going) expect(ofSteps).toContain(request);
});

describe('an attempt may have been carried out', () => {
  test.each<[TriedAttempt, boolean, why: string]>([
    [{ state: 'started', tries: 0, deniedTries: 0 }, false, 'it was never sent'],
    [{ state: 'started', tries: 3, deniedTries: 3 }, false, 'every answer was certainly no'],
    [{ state: 'started', tries: 3, deniedTries: 2 }, true, 'one try has no certain answer'],
    [{ state: 'unknown', tries: 2, deniedTries: 1 }, true, 'one try has no certain answer'],
    [{ state: 'unknown', tries: 1, deniedTries: 1 }, false, 'the answer came late, and was no'],
    [{ state: 'unknown', tries: 0, deniedTries: 0 }, true, 'it was recorded without a try'],
    [{ state: 'succeeded', tries: 1, deniedTries: 0 }, true, 'Stripe made the object'],
  ])('%j: %s, because %s', (attempt, answer) => {
    expect(mayBeDone(attempt)).toBe(answer);
  });
});
