import { expect, test } from 'vitest';
import { commandKinds, commandRules, isBrake, sayBrake } from '../../../domain/commands/kinds.ts';
import { sayReplay } from '../../../domain/commands/replays.ts';

test('what stops money or keeps it from being sent is a brake, and what lets it go is none', () => {
  const brakes = commandKinds.filter((kind) => commandRules[kind].brake === 'always');
  expect(brakes).toEqual([
    'stop-money',
    'place-hold',
    'pause-seller',
    'close-seller',
    'withdraw-earning',
    'cancel-payout',
    'revoke-api-key',
  ]);
  const sometimes = commandKinds.filter((kind) => commandRules[kind].brake === 'sometimes');
  expect(sometimes).toEqual(['update-seller', 'confirm-not-sent', 'run-attention']);
});

test('only a command that is sometimes a brake depends on the request', () => {
  for (const kind of commandKinds) {
    const { brake } = commandRules[kind];
    expect(isBrake(kind)).toBe(brake === 'always');
    expect(isBrake(kind, true)).toBe(brake !== 'never');
  }
});

test('every command describes what a repeated request does', () => {
  for (const kind of commandKinds) {
    const acts = commandRules[kind].brake !== 'never';
    expect(sayBrake(kind).includes('acts again, and')).toBe(acts);
    expect(sayBrake(kind)).toMatch(/never acts again|This command is a brake/);
  }
});

test.each([
  [{ actedAgain: true, isBrake: true }, 'was carried out again just now. Now: money moves'],
  [{ actedAgain: false, isBrake: true }, 'Its effect still applies'],
  [{ actedAgain: false, isBrake: false }, 'Nothing was done again. Use a new key'],
])('an answer under a used key says when, what was done and what is now: %j', (of, says) => {
  const told = sayReplay({ before: '2026-10-30T09:00:00.000Z', ...of }, 'money moves');
  expect(told).toContain('This Idempotency-Key was used before, at 2026-10-30T09:00:00.000Z');
  expect(told).toContain(says);
  expect(told).toMatch(/Now: money moves$/);
});
