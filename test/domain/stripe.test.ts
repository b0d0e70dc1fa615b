import { describe, expect, test } from 'vitest';
import {
  type AttemptState,
  type AttemptStep,
  letsMoneyGo,
  isDecidedByRefusal,
  mayBeDone,
  type Opening,
  type OpeningFacts,
  openingOf,
  requestEffects,
  requestOfStep,
  takesMoneyBack,
  takesNewBody,
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

describe('a step', () => {
  const facts: OpeningFacts = {
    step: 'transfer',
    last: null,
    isCanceled: false,
    isUnexplained: false,
    isUnknownMade: false,
    restsOnWord: false,
    isLooked: false,
  };
  const last = (state: AttemptState, wasSent: boolean, number = 1) => ({
    last: { state, wasSent, number },
  });
  const refused = last('refused', true);
  const unsent = last('started', false);
  test.each<[Partial<OpeningFacts>, Opening, why: string]>([
    [{}, 'open', 'it is the first attempt'],
    [refused, 'open', 'Stripe made nothing'],
    [last('started', true), 'stands', 'its answer is open'],
    [last('unknown', true), 'stands', 'its outcome is unknown'],
    [last('succeeded', true), 'stands', 'Stripe made the object'],
    [unsent, 'stands', 'it can still be sent'],
    [{ isCanceled: true }, 'canceled', 'the payout is over'],
    [{ ...refused, isCanceled: true }, 'canceled', 'the payout is over'],
    [{ ...last('unknown', true), isCanceled: true }, 'stands', 'its outcome must be known'],
    [{ isUnknownMade: true }, 'unexplained', 'it may pay what Stripe has paid'],
    [{ ...unsent, isUnknownMade: true }, 'unexplained', 'it may pay what Stripe has paid'],
    [{ ...last('unknown', true), isUnknownMade: true }, 'stands', 'its outcome must be known'],
    [{ isUnexplained: true }, 'open', 'nothing was asked of Stripe yet'],
    [{ ...unsent, isUnexplained: true }, 'stands', 'nothing was asked of Stripe yet'],
    [{ ...refused, isUnexplained: true }, 'unexplained', 'the refused request may have made it'],
    [{ ...last('started', false, 2), isUnexplained: true }, 'unexplained', 'the same'],
    [{ step: 'cancel', isUnknownMade: true }, 'open', 'a cancellation takes money back'],
    [{ ...refused, restsOnWord: true }, 'look-first', 'a person’s word is no refusal'],
    [{ ...unsent, restsOnWord: true }, 'look-first', 'a person’s word is no refusal'],
    [{ ...refused, restsOnWord: true, isLooked: true }, 'open', 'Stripe was looked at'],
  ])('with %j: %s, because %s', (given, opening) => {
    expect(openingOf({ ...facts, ...given })).toBe(opening);
  });

  test.each<[AttemptState, wasSent: boolean, takes: boolean]>([
    ['started', false, true],
    ['started', true, false],
    ['unknown', true, false],
    ['refused', false, false],
    ['succeeded', true, false],
  ])('whose attempt is %s, sent %s, takes a new body: %s', (state, wasSent, takes) => {
    expect(takesNewBody({ state, wasSent })).toBe(takes);
  });
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

describe('a refusal decides an attempt', () => {
  const never = [false, false];
  test.each<[TriedAttempt, decides: boolean[], why: string]>([
    [{ state: 'started', tries: 1, deniedTries: 0 }, [true, true], 'it is about its only try'],
    [{ state: 'started', tries: 2, deniedTries: 1 }, [true, true], 'the other try did nothing'],
    [{ state: 'started', tries: 2, deniedTries: 0 }, [false, true], 'the other try may be done'],
    [{ state: 'unknown', tries: 1, deniedTries: 0 }, [true, true], 'a brake hid its only try'],
    [{ state: 'unknown', tries: 2, deniedTries: 1 }, [true, true], 'the other try did nothing'],
    [{ state: 'unknown', tries: 2, deniedTries: 0 }, never, 'the other try may be done'],
    [{ state: 'unknown', tries: 3, deniedTries: 1 }, never, 'two tries may be done'],
    [{ state: 'unknown', tries: 1, deniedTries: 1 }, never, 'its only try was turned away'],
    [{ state: 'unknown', tries: 0, deniedTries: 0 }, never, 'it was recorded without a try'],
    [{ state: 'succeeded', tries: 1, deniedTries: 0 }, never, 'Stripe made the object'],
    [{ state: 'refused', tries: 1, deniedTries: 0 }, never, 'it is already refused'],
  ])('%j: %j, because %s', (attempt, [ofOnlyTry, ofAny]) => {
    expect(isDecidedByRefusal(attempt, true)).toBe(ofOnlyTry);
    expect(isDecidedByRefusal(attempt, false)).toBe(ofAny);
  });
});
