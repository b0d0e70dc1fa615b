import { expect, test } from 'vitest';
import { canonical } from '../../../sandbox/core/json.ts';
import { parseForm } from '../../../sandbox/http/form.ts';

test.each<[string, object, string]>([
  // form                               parsed                                 why
  ['a=1&b=', { a: '1', b: '' }, 'empty text is kept, since it unsets'],
  ['a[b][c]=1&a[b][d]=2', { a: { b: { c: '1', d: '2' } } }, 'objects nest'],
  ['a[0]=x&a[1]=y', { a: { 0: 'x', 1: 'y' } }, 'lists keep their numbers as keys'],
  ['a[]=x&a[]=y', { a: { 0: 'x', 1: 'y' } }, 'lists without numbers are counted'],
  ['a[0][b]=1&a[1][b]=2', { a: { 0: { b: '1' }, 1: { b: '2' } } }, 'lists of objects'],
  ['m[a%20b]=c%26d', { m: { 'a b': 'c&d' } }, 'names and values are decoded'],
  ['a=1&a[b]=2', { a: { b: '2' } }, 'what comes last holds'],
])('the form %s becomes %j: %s', (form, parsed) => {
  expect(canonical(parseForm(form))).toBe(canonical(parsed));
});

test('a form cannot reach what every object inherits', () => {
  parseForm('__proto__[polluted]=1&a[__proto__][polluted]=1');
  expect({}).not.toHaveProperty('polluted');
});
