import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { planLift } from '../../domain/commands/lifts.ts';
import type { ApiKeyId, MoneyStopId } from '../../domain/ids.ts';
import {
  mayResumeMoney,
  type MoneyStop,
  sayOperations,
  sayStops,
  sayWhoStopped,
  type StopCause,
} from '../../domain/money-stops.ts';

const at = '2026-11-30T10:00:00.000Z';

function stopOf(id: MoneyStopId, stoppedBy: string, cause: StopCause = 'operator'): MoneyStop {
  const stoppedByName = stoppedBy === 'engine' ? 'engine' : 'back office';
  const when = { stoppedAt: at, confirmedAt: at };
  return { id, cause, reason: 'fraud wave', stoppedBy, stoppedByName, ...when };
}

const own = stopOf('stop_own', 'key_me');
const others = stopOf('stop_other', 'key_other');
const engines = stopOf('stop_engine', 'engine', 'right-to-send-lost');

test.each<[open: MoneyStop[], stopId: string | undefined, plan: string, why: string]>([
  // open                  named          plan               why
  [[], undefined, 'nothing-to-lift', 'money moves already'],
  [[own], undefined, 'lift stop_own', 'the caller knows the reason of its own stop'],
  [[others], undefined, 'not-named', 'only the other key knows whether its reason still applies'],
  [[engines], undefined, 'not-named', 'the caller may not know that the engine stopped money'],
  [[own, others], undefined, 'not-named', 'one request never lifts two stops'],
  [[own, engines], undefined, 'not-named', 'the engine may have found something meanwhile'],
  [[own, others], 'stop_other', 'lift stop_other', 'the caller names somebody else’s stop'],
  [[engines], 'stop_engine', 'lift stop_engine', 'the caller has read the engine’s reason'],
  [[others], 'stop_own', 'not-open', 'a stop that was lifted lifts no other'],
  [[], 'stop_own', 'not-open', 'the caller learns that nothing was lifted'],
])('of the stops %j, naming %s plans %s: %s', (open, stopId, expected) => {
  const plan = planLift(open, { id: stopId, by: 'key_me' });
  const said = { lift: 'lifted' in plan ? `lift ${plan.lifted.id}` : '', refuse: '' };
  const why = plan.kind === 'refuse' ? plan.why : said[plan.kind as 'lift'] || plan.kind;
  expect(why).toBe(expected);
});

test('a request lifts one stop at most: one that it names, or the caller’s own only stop', () => {
  const stops = fc.uniqueArray(fc.constantFrom(own, others, engines));
  const named = fc.option(fc.constantFrom('stop_own', 'stop_other', 'stop_engine'), {
    nil: undefined,
  });
  const caller = fc.constantFrom<ApiKeyId>('key_me', 'key_other', 'key_third');
  fc.assert(
    fc.property(stops, named, caller, (open, stopId, by) => {
      const plan = planLift(open, { id: stopId, by });
      if (plan.kind !== 'lift') return;
      expect(open).toContain(plan.lifted);
      if (stopId !== undefined) expect(plan.lifted.id).toBe(stopId);
      else expect([open.length, plan.lifted.stoppedBy]).toEqual([1, by]);
    }),
  );
});

test('a stop because of unknown objects stays until a person has decided about each', () => {
  expect(mayResumeMoney({ toAdopt: 0 })).toBe(true);
  expect(mayResumeMoney({ toAdopt: 1 })).toBe(false);
});

test('each stop names whom to ask before it is lifted', () => {
  expect(sayWhoStopped(others)).toContain('Ask whoever used it');
  expect(sayWhoStopped(others)).toContain('"back office"');
  expect(sayWhoStopped(engines)).toContain('Stopped by the engine');
  expect(sayStops([own, engines])).toBe(
    'stop_own (back office: fraud wave); stop_engine (engine: fraud wave)',
  );
});

test('the summary says whether money moves and how many stops must be lifted', () => {
  const say = (stops: MoneyStop[]) => sayOperations({ moneyStopped: stops.length > 0, stops });
  expect(say([])).toBe('Money moves: no stop is open');
  expect(say([own])).toContain('by one open stop');
  expect(say([own, others])).toContain('by 2 open stops');
});
