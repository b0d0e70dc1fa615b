import { expect, test } from 'vitest';
import {
  requirementErrorCodes,
  requirementErrorOf,
} from '../../../domain/accounts/requirement-errors.ts';

test('an error of a requirement is told to the seller and of the seller', () => {
  for (const code of requirementErrorCodes) {
    const { forSeller, forOperator } = requirementErrorOf(code);
    expect(forSeller).toMatch(/^Your [^_]+\. Please [^_]+\.$/);
    expect(forOperator).toMatch(/^the seller’s (?!.*\b[Yy]our?\b)/);
  }
});

test.each([
  ['verification_document_expired', 'new-details', 'the seller’s document has expired'],
  ['verification_document_fraudulent', 'operator', 'the seller’s document appears to be forged'],
  [
    'invalid_dob_age_under_18',
    'operator',
    'the seller’s date of birth says that they are younger than 18',
  ],
  ['something_new', 'new-details', 'something new'],
])('%s is answered by %s', (code, next, forOperator) => {
  expect(requirementErrorOf(code)).toMatchObject({ next, forOperator });
});
