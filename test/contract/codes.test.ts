import { describe, expect, test } from 'vitest';
import { capabilityStates, isKnownReason } from '../../domain/accounts/capabilities.ts';
import { bankStatusCodes, failureCodes } from '../../domain/accounts/failures.ts';
import { requirementErrorCodes } from '../../domain/accounts/requirement-errors.ts';
import { readDocument, type Schema } from './document.ts';
import { readSdkTypes } from './sdk-types.ts';

const v1Types = readSdkTypes('Accounts.d.ts');
const v2Types = readSdkTypes('V2/Core/Accounts.d.ts');
const v1 = readDocument().components.schemas;
const recipient = 'Account.Configuration.Recipient.Capabilities.StripeBalance';

/** The words that Stripe publishes for a field, in the document or in its package's types. */
const published: [
  what: string,
  field: Schema | undefined,
  isAnswered: (code: string) => boolean,
][] = [
  ['error of a requirement, v1', v1['account_requirements_error']?.properties?.['code'], isError],
  ['error of a requirement, the package', code(v1Types, 'Account.Requirements.Error'), isError],
  ['error of a requirement, v2', code(v2Types, 'Account.Requirements.Entry.Error'), isError],
  ['disabled reason of an account', reason('account_requirements'), isKnownReason],
  ['disabled reason of a capability', reason('account_capability_requirements'), isKnownReason],
  ['state of a capability, v1', v1['capability']?.properties?.['status'], isState],
  ['state of transfers, v2', state('StripeTransfers'), isState],
  ['state of payouts, v2', state('Payouts'), isState],
  [
    'reason of transfers, v2',
    code(v2Types, `${recipient}.StripeTransfers.StatusDetail`),
    isKnownReason,
  ],
  ['reason of payouts, v2', code(v2Types, `${recipient}.Payouts.StatusDetail`), isKnownReason],
  [
    'failure of a transfer to a bank',
    v1['treasury_outbound_transfers_resource_returned_details']?.properties?.['code'],
    (failure) => failureCodes.includes(failure) || failure === 'other',
  ],
];

describe('every code that Stripe publishes has an answer', () => {
  test.each(published)('%s', (_what, field, isAnswered) => {
    const codes = wordsOf(field);
    expect(codes.length).toBeGreaterThan(3);
    expect(codes.filter((one) => !isAnswered(one))).toEqual([]);
  });

  test('status of a bank account, which is told in words', () => {
    const description = String(v1['bank_account']?.properties?.['status']?.['description']);
    const named = [...description.matchAll(/`([a-z_]+)`/g)].map(([, word = '']) => word);
    expect([...new Set(named)].sort()).toEqual([...bankStatusCodes].sort());
  });

  test('no answer is for an error that Stripe does not publish', () => {
    const codes = published.filter(([, , is]) => is === isError).flatMap(([, one]) => wordsOf(one));
    expect(requirementErrorCodes.filter((one) => !codes.includes(one))).toEqual([]);
  });
});

function isError(one: string): boolean {
  return requirementErrorCodes.includes(one);
}

function isState(one: string): boolean {
  return one === 'active' || capabilityStates.includes(one);
}

function code(types: typeof v2Types, name: string): Schema | undefined {
  return types.schemaOf(name).properties?.['code'];
}

function state(capability: string): Schema | undefined {
  return v2Types.schemaOf(`${recipient}.${capability}`).properties?.['status'];
}

function reason(schema: string): Schema | undefined {
  return v1[schema]?.properties?.['disabled_reason'];
}

function wordsOf(field: Schema | undefined): string[] {
  return (field?.enum ?? field?.anyOf?.flatMap((one) => one.enum ?? []) ?? []) as string[];
}
