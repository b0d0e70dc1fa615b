import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanMessage } from '../../../domain/refusals/cleaning.ts';

describe('a message of Stripe', () => {
  test.each<[message: string, clean: string | null, why: string]>([
    // message, clean, why
    [
      "Funds can't be sent to accounts located in JP because it's restricted outside of your platform's region",
      null,
      'a country is no person',
    ],
    [
      'You cannot use this external account because it is on your block list',
      null,
      'names nothing',
    ],
    [
      'The account needs `stripe_balance.stripe_transfers` (capability).',
      null,
      'capabilities are no names',
    ],
    ["No such destination: 'acct_1Nv0Fg'", 'No such destination: […]', 'quoted values'],
    [
      'The bank account of Anna Müller-Schmidt was closed',
      'The bank account of […] was closed',
      'names',
    ],
    ['ANNA MUELLER did not sign', '[…] did not sign', 'names in capitals'],
    ['Account DE89 3704 0044 0532 0130 00 is closed', 'Account […] is closed', 'an IBAN'],
    [
      'It was sent to anna.mueller@example.com, once',
      'It was sent to […] once',
      'an e-mail address',
    ],
    ['Account ending in 6789', 'Account ending in […]', 'digits'],
    ['The name "anna m" does not match', 'The name […] does not match', 'quoted names'],
    ['See https://stripe.com/docs/x?acct=1', 'See […]', 'a link'],
  ])('%s is cleaned: %s', (message, clean) => {
    expect(cleanMessage(message)).toBe(clean ?? message);
  });

  const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
  const word = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 9 });
  const digits = fc.string({
    unit: fc.constantFrom(...'0 1 2 3 4 5 6 7 8 9'.split(' ')),
    minLength: 1,
  });
  const name = fc
    .tuple(fc.constantFrom('Qu', 'Öz', 'Xi', 'Łu'), word)
    .map(([begin, end]) => begin + end);
  const iban = fc
    .tuple(fc.constantFrom('DE', 'fr', 'GB'), digits)
    .map(([country, rest]) => country + rest);
  const email = fc.tuple(word, word).map(([user, host]) => `${user}.q@${host}.com`);
  const personal = fc.oneof(digits, name, iban, email);
  const mark = fc.constantFrom('', ',', '.', ')', '!', ' ', ': ', "'s");

  test('keeps no digit, no e-mail address, no IBAN and no name, wherever they are', () => {
    const parts = fc.array(
      fc.record({ before: word, secret: personal, mark, open: fc.constantFrom('', '(', "'", '"') }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(parts, (all) => {
        const message = all
          .map(({ before, secret, mark: end, open }) => `${before} ${open}${secret}${end}`)
          .join(' ');
        const clean = cleanMessage(message);
        expect(clean).not.toMatch(/\d|@/);
        expect(clean).not.toMatch(/[\p{Lu}]/u);
      }),
    );
  });

  test('that is clean already stays as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(word, personal), { maxLength: 20 }), (all) => {
        const clean = cleanMessage(all.join(' '));
        expect(cleanMessage(clean)).toBe(clean);
      }),
    );
  });
});
