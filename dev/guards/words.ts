import type { Guard } from './switch-off.ts';

/** The guards of what people are told. */
export const wordGuards: readonly Guard[] = [
  {
    name: 'sums without a part',
    why: 'money is in no sum of an explanation, and nobody looks for it',
    file: 'domain/headlines/sums.ts',
    from: 'tooSmall: belowZero < 0 ? 0 : rest,',
    to: 'tooSmall: 0,',
    tests: 'test/domain/headlines/sums.test.ts',
    pattern: 'add up to everything that was ever owed',
  },
  {
    name: 'clean messages',
    why: 'bank details in Stripe’s message are stored, logged and shown',
    file: 'activities/stripe/errors.ts',
    from: 'message: isAnswer ? cleanMessage(error.message) : null,',
    to: 'message: isAnswer ? error.message : null,',
    tests: 'test/promises/secrets.test.ts',
    pattern: 'no name, address, bank number, key or secret',
  },
];
