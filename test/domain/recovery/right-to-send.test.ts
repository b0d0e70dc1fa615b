import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  judgeRight,
  type KnownRight,
  rightKey,
  type ShownRight,
} from '../../../domain/recovery/right-to-send.ts';

const none = { token: null, nextTokens: [], next: null, isUnguarded: false };
const fresh: KnownRight = { ...none, isDue: true };
const held: KnownRight = { ...none, token: 'a', nextTokens: ['b'], next: 'b', isDue: false };
const unguarded: KnownRight = { ...held, isUnguarded: true };
/** After a start of PostgreSQL, the token that was chosen before it is not the one to set. */
const started: KnownRight = { ...held, next: null, isDue: true };

test.each<[KnownRight, ShownRight, object, string]>([
  [fresh, 'nothing', { kind: 'renew' }, 'nobody has ever claimed the right'],
  [fresh, { token: 'x' }, { kind: 'lost', to: 'x' }, 'an engine that has claimed nothing is new'],
  [fresh, 'forbidden', { kind: 'unguarded' }, 'a key that never could look stops nobody'],
  [held, 'forbidden', { kind: 'lost', to: 'forbidden' }, 'a key that could look no longer can'],
  [unguarded, 'forbidden', { kind: 'unguarded' }, 'a person has resumed money without it'],
  [unguarded, { token: 'x' }, { kind: 'lost', to: 'x' }, 'the key can look again'],
  [held, 'nothing', { kind: 'lost', to: 'nothing' }, 'somebody removed the object'],
  [held, { token: 'a' }, { kind: 'held', renewed: false }, 'nothing has changed'],
  [held, { token: 'b' }, { kind: 'held', renewed: true }, 'the next token was set'],
  [held, { token: 'x' }, { kind: 'lost', to: 'x' }, 'another engine has set its token'],
  [{ ...held, isDue: true }, { token: 'a' }, { kind: 'renew' }, 'it is time to renew'],
  [started, { token: 'a' }, { kind: 'renew' }, 'a copy may have started too'],
  [started, { token: 'b' }, { kind: 'renew' }, 'the answer was lost before the start'],
  [started, { token: 'x' }, { kind: 'lost', to: 'x' }, 'a copy was faster'],
])('of the right to send, %j, an engine that sees %j makes %j: %s', (known, shown, verdict) => {
  expect(judgeRight(known, shown)).toEqual(verdict);
});

/** Stripe, as far as one product and its idempotency keys need it. */
type World = { token: string | null; used: Set<string> };

/**
 * One engine of several that began with the same memory; each step may be the last before another.
 */
function engine(world: World, known: KnownRight, name: string) {
  let round = { from: '', number: 0 };
  let shown: ShownRight | undefined;
  let state: 'open' | 'held' | 'lost' = 'open';
  const own = { ...known, next: name, nextTokens: [...known.nextTokens, name] };
  return {
    state: () => state,
    look: () => {
      if (state !== 'open') return;
      shown = world.token === null ? 'nothing' : { token: world.token };
      const verdict = judgeRight(own, shown);
      if (verdict.kind === 'held' && verdict.renewed) state = 'held';
      if (verdict.kind === 'lost') state = 'lost';
    },
    set: () => {
      if (state !== 'open' || shown === undefined || shown === 'forbidden') return;
      const from = shown === 'nothing' ? null : shown.token;
      shown = undefined;
      if (from === null) {
        world.token ??= name;
        return;
      }
      round = { from, number: from === round.from ? round.number + 1 : 1 };
      const key = rightKey(from, round.number);
      if (!world.used.has(key)) world.token = name;
      world.used.add(key);
    },
  };
}

test('of engines that start from the same memory, in whatever order they act, one gets the right', () => {
  const steps = fc.array(fc.tuple(fc.nat(2), fc.constantFrom('look', 'set')), { maxLength: 40 });
  fc.assert(
    fc.property(steps, fc.constantFrom('a', 'b', null), (order, token) => {
      const world: World = { token, used: new Set() };
      const known = token === null ? fresh : started;
      const engines = ['x', 'y', 'z'].map((name) => engine(world, known, name));
      for (const [which, step] of order) engines[which]?.[step]();
      for (const one of engines) {
        for (let rounds = 0; rounds < 3; rounds += 1) {
          one.look();
          one.set();
        }
      }
      const states = engines.map((one) => one.state());
      expect(states.filter((state) => state === 'held').length).toBeLessThanOrEqual(1);
      expect(states).not.toContain('open');
    }),
    { numRuns: 2000 },
  );
});
