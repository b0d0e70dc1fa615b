import { expect, test } from 'vitest';
import { expectedMinutes, readOptions } from '../../dev/bench/options.ts';

test.each([
  // asked                                       minutes  why
  ['payday', 11, 'a minute of each load, and 900 sellers to onboard'],
  ['payday --sellers 405 --seconds 27 --rates 15', 6, 'fewer sellers, and one rate'],
  ['payday --sellers 30 --seconds 3 --rates 10', 2, 'the starts alone'],
])('%s says that it takes %d minutes: %s', (asked, minutes) => {
  expect(expectedMinutes(readOptions(asked.split(' ')))).toBe(minutes);
});
