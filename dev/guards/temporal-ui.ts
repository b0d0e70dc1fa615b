import type { Guard } from './switch-off.ts';

const shown = 'test/api/explanations/temporal-ui.test.ts';
const runs = 'test/workflows/temporal-ui.test.ts';
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
  {
    name: 'a refused payout is red',
    why: 'who scans the list of workflows takes a payout that the bank refused for a paid one',
    file: 'workflows/payout.ts',
    from: "if (message === null || !patched('refused-by-bank-fails')) return result;",
    to: "if (message !== '') return result;",
    tests: runs,
    pattern: 'as failed, with the reason',
  },
  {
    name: 'the end is told before the run ends',
    why: 'a seller is shown a payout in trouble that is over, because the signal was dropped',
    file: 'workflows/payout.ts',
    from: "if (!patched('ends-tell-first')) return tell(row);",
    to: 'if (told.length > 0) return tell(row);',
    tests: runs,
    pattern: 'how it ended',
  },
  {
    name: 'a new run is told before it begins',
    why: 'a seller is shown a late payout that has arrived',
    file: 'workflows/payout.ts',
    from: "if (told === null || troubleOf(row) !== null || !patched('new-runs-tell-first')) return;",
    to: "if (told !== '') return;",
    tests: runs,
    pattern: 'when it no longer is',
  },
  {
    name: 'only a payday that opens is shown',
    why: 'the list of sellers promises a payday that passes without a payout',
    file: 'workflows/search-attributes.ts',
    from: "opened === paydayAt || !patched('only-opened-paydays') ? paydayAt : opened",
    to: 'opened === paydayAt || patched.length > 0 ? paydayAt : opened',
    tests: runs,
    pattern: 'whose payday passes unopened',
  },
  {
    name: 'a kept hold offers no release',
    why: 'an operator sends a release that is refused, and does not learn what to decide first',
    file: 'domain/reconciliation/words.ts',
    from: 'if (keptBy === null) return [releaseHoldCommand(id)];',
    to: 'if (keptBy !== undefined) return [releaseHoldCommand(id)];',
    tests: 'test/domain/holds.test.ts',
    pattern: 'who stops the money, since when, and what lifts it',
  },
  {
    name: 'a payout that waits too long needs an operator in the list',
    why: 'the list of what waits for a person lacks payouts for which the platform’s money is missing',
    file: 'workflows/search-attributes.ts',
    from: "return isStuck(payout) && patched('long-waits-need-an-operator');",
    to: 'return false;',
    tests: runs,
    pattern: 'waits too long for the platform',
  },
  {
    name: 'a replaced run needs no operator',
    why: 'the list of what waits for a person has a payout twice',
    file: 'workflows/search-attributes.ts',
    from: "if (patched('replaced-runs-need-nobody')) show(",
    to: 'if (patched.length > 9) show(',
    tests: runs,
    pattern: 'only the newest run',
  },
];
