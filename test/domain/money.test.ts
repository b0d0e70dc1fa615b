import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  decimalsOf,
  formatMoney,
  largestAmount,
  minor,
  money,
  payableAmount,
  smaller,
} from '../../domain/money.ts';

const currencies = ['eur', 'usd', 'jpy', 'krw', 'bhd', 'kwd', 'huf', 'twd', 'isk', 'ugx'] as const;
const currency = fc.constantFrom(...currencies);
const amount = fc.integer({ min: -largestAmount, max: largestAmount });

describe('an amount', () => {
  test.each([
    // text                amount   currency  why
    ['12.34 EUR', 12_34, 'eur', 'two decimals'],
    ['0.05 USD', 5, 'usd', 'the whole part is never empty'],
    ['-0.05 USD', -5, 'usd', 'the sign stands before the whole part'],
    ['0.00 EUR', 0, 'eur', 'nothing has no sign'],
    ['1234 JPY', 1234, 'jpy', 'a yen has no part'],
    ['0 JPY', 0, 'jpy', 'nothing without decimals'],
    ['1.234 BHD', 1234, 'bhd', 'a dinar has a thousand fils'],
    ['0.001 KWD', 1, 'kwd', 'one fils'],
    ['100.00 HUF', 100_00, 'huf', 'written with two decimals, paid in whole units'],
    ['9999999999.99 EUR', largestAmount, 'eur', 'the largest that the engine takes'],
  ])('is written as %s for %i %s: %s', (text, amount, currency) => {
    expect(formatMoney(money(amount, currency))).toBe(text);
  });

  test('says in its text exactly what it is', () => {
    fc.assert(
      fc.property(amount, currency, (amount, currency) => {
        const [number = '', code] = formatMoney(money(amount, currency)).split(' ');
        expect(code).toBe(currency.toUpperCase());
        expect(number.split('.')[1]?.length ?? 0).toBe(decimalsOf(currency));
        expect(BigInt(number.replace('.', ''))).toBe(BigInt(amount));
      }),
    );
  });

  test.each([
    [0.1, 'a fraction of a cent'],
    [Number.MAX_SAFE_INTEGER + 1, 'numbers beyond this lose cents'],
    [Number.NaN, 'no number'],
    [Number.POSITIVE_INFINITY, 'no end'],
  ])('is never %d: %s', (amount) => {
    expect(() => minor(amount)).toThrow(RangeError);
  });
});

describe('two amounts', () => {
  test('of one currency add up', () => {
    fc.assert(
      fc.property(amount, amount, currency, (left, right, currency) => {
        const sum = add(money(left, currency), money(right, currency));
        expect(sum).toEqual(money(left + right, currency));
        expect([left, right]).toContain(smaller(minor(left), minor(right)));
        expect(smaller(minor(left), minor(right))).toBeLessThanOrEqual(left);
        expect(smaller(minor(left), minor(right))).toBeLessThanOrEqual(right);
      }),
    );
  });

  test('of two currencies never meet', () => {
    expect(() => add(money(1, 'eur'), money(1, 'usd'))).toThrow(RangeError);
  });
});

describe('a payout', () => {
  test.each([
    // asked   paid    currency  why
    [123_45, 123_45, 'eur', 'every cent can be paid'],
    [1234, 1234, 'jpy', 'every yen can be paid'],
    [123_45, 123_00, 'huf', 'Hungarian banks take whole forints'],
    [99, 0, 'huf', 'less than a forint cannot be paid'],
    [123_45, 123_00, 'twd', 'New Taiwan dollars are paid whole'],
    [123_45, 123_00, 'isk', 'krónur are paid whole'],
    [123_45, 123_00, 'ugx', 'shillings are paid whole'],
    [1_239, 1_230, 'kwd', 'three-decimal amounts end in 0'],
    [1_230, 1_230, 'bhd', 'this one does'],
  ])('of %i carries %i %s: %s', (asked, paid, currency) => {
    expect(payableAmount(money(asked, currency))).toBe(paid);
  });

  test('never rounds up, and never leaves more than one unit behind', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: largestAmount }), currency, (asked, currency) => {
        const paid = payableAmount(money(asked, currency));
        expect(paid).toBeLessThanOrEqual(asked);
        expect(asked - paid).toBeLessThan(100);
        expect(payableAmount(money(paid, currency))).toBe(paid);
      }),
    );
  });
});
