import type { Guard } from './switch-off.ts';

const shown = 'test/api/explanations/temporal-ui.test.ts';
const ends = 'test/domain/explanations/temporal-ui.test.ts';

/** The guards of what the Temporal UI shows. */
export const temporalUiGuards: readonly Guard[] = [
  {
    name: 'no free text in the Temporal UI',
    why: 'what a person typed about a seller reaches Temporal, where everybody reads it for weeks',
    file: 'domain/explanations/temporal-ui/troubled-seller.ts',
    from: 'const facts = withoutFreeText(all);',
    to: 'const facts = all;',
    tests: shown,
    pattern: 'who .* what the API says',
  },
  {
    name: 'a seller in trouble is not shown as well',
    why: 'an operator reads that nothing keeps the seller from being paid',
    file: 'domain/explanations/temporal-ui/sellers.ts',
    from: 'return isTroubled || !isWell || requirementsDue > 0;',
    to: 'return false;',
    tests: shown,
    pattern: 'who .* what the API says',
  },
  {
    name: 'the end of a payout is shown as the end',
    why: 'a completed workflow of a failed payout looks as if the seller was paid',
    file: 'domain/explanations/temporal-ui/payouts.ts',
    from: 'if (isOver(payout)) return describeEnd(payout);',
    to: '',
    tests: ends,
    pattern: 'say how it ended, why, and who must act',
  },
];
