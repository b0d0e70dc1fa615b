import type { Guard } from './switch-off.ts';

/** The guards of the brakes: what stops money stays in place until its own reason is gone. */
export const brakeGuards: readonly Guard[] = [
  {
    name: 'one stop lifts no other',
    why: 'whoever resumes money lifts the stop of an operator who found a fraud',
    file: 'db/money-stops/orders.ts',
    from: ".where('id', '=', lift.id)",
    to: '',
    tests: 'test/api/money-stops.test.ts',
    pattern: 'are lifted one by one',
  },
  {
    name: 'a stop keeps its reason',
    why: "the engine's reason replaces an operator's, and nobody asks the operator",
    file: 'db/migrations/0001-baseline/money-stops.sql',
    from: "then stopped_by || ' ' || reason else cause end",
    to: "then 'all' else 'all' end",
    tests: 'test/api/money-stops.test.ts',
    pattern: 'leaves the operator’s reason in place',
  },
  {
    name: 'a stop is named',
    why: 'a request for one stop lifts another that was opened meanwhile',
    file: 'domain/money-stops.ts',
    from: 'const isOwn = others.length === 0 && only.stoppedBy === by;',
    to: 'const isOwn = true;',
    tests: 'test/domain/money-stops.test.ts',
    pattern: 'lifts one stop at most',
  },
  {
    name: 'a brake acts again',
    why: 'a stop under a used key answers "stopped", and money flows',
    file: 'db/commands.ts',
    from: 'if (await stillApplies(tx, last.answer)) {',
    to: 'if (last) {',
    tests: 'test/api/money-stops.test.ts',
    pattern: 'stops money again under a used key',
  },
  {
    name: 'nothing else acts twice',
    why: 'a repeated release, order or resumption lets money go a second time',
    file: 'domain/commands/kinds.ts',
    from: "return brake === 'always' ||",
    to: "return brake !== 'sometimes' ||",
    tests: 'test/domain/commands/kinds.test.ts',
    pattern: 'only a command that is sometimes a brake',
  },
];
