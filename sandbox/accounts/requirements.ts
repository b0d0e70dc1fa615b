import { isObject, type JsonObject, textOf } from '../core/json.ts';
import type { AccountRecord, BankAccount, Capability, RequirementEntry } from '../store/records.ts';
import { countryOf } from './record.ts';

/** The outcome of the magic test values in a seller's data. */
export type Verdict = { status: 'verified' | 'reviewing' | 'rejected' | 'open' };

/** The requirements and capabilities that follow from an account's data. */
export type Standing = {
  entries: RequirementEntry[];
  stripeTransfers: Capability;
  payouts: Capability;
  reviewing: boolean;
};

const transfers = 'stripe_balance.stripe_transfers';
const payouts = 'stripe_balance.payouts';

/**
 * Computes the requirements and capabilities from the entered data. `reviewed` is true once the
 * review is over.
 */
export function standingOf(
  account: AccountRecord,
  banks: BankAccount[],
  reviewed: boolean,
  now: number,
): Standing {
  const missing = missingFields(account);
  const errors = missing.length > 0 ? [] : mismatches(account);
  const demands = account.internal.demands ?? [];
  const isLate = ({ deadline }: { deadline: number }) => deadline <= now;
  const demanded = demands.map((one) =>
    entry(one.description, [], undefined, isLate(one) ? 'past_due' : 'currently_due'),
  );
  const entries = [...missing.map((field) => entry(field)), ...errors, ...demanded];
  if (banks.length === 0) entries.push(entry('external_account', [], [payouts]));
  const late = demands.filter(isLate).length;
  const identity = verdictOf(account, missing.length + errors.length + late, reviewed);
  const transfersCapability = capabilityOf(account, identity);
  const bankMissing = banks.length === 0 && transfersCapability.status === 'active';
  return {
    entries: account.internal.transfersRequested ? entries : [],
    stripeTransfers: transfersCapability,
    payouts: bankMissing
      ? restricted('requirements_past_due', 'provide_info')
      : transfersCapability,
    reviewing: identity === 'reviewing',
  };
}

function verdictOf(
  account: AccountRecord,
  openCount: number,
  reviewed: boolean,
): Verdict['status'] {
  if (isOnSanctionsList(account)) return 'rejected';
  if (openCount > 0) return 'open';
  return isImmediate(account) || reviewed ? 'verified' : 'reviewing';
}

function capabilityOf({ internal }: AccountRecord, verdict: Verdict['status']): Capability {
  if (internal.rejected) return rejected('rejected_platform_other');
  if (verdict === 'rejected') return rejected('rejected_listed');
  if (verdict === 'open') return restricted('requirements_past_due', 'provide_info');
  if (verdict === 'verified') return { status: 'active', status_details: [] };
  const details = [{ code: 'requirements_pending_verification', resolution: 'no_resolution' }];
  return { status: 'pending', status_details: details };
}

function restricted(code: string, resolution: string): Capability {
  return { status: 'restricted', status_details: [{ code, resolution }] };
}

function rejected(code: string): Capability {
  return { status: 'rejected', status_details: [{ code, resolution: 'contact_stripe' }] };
}

function missingFields(account: AccountRecord): string[] {
  const { identity } = account;
  const person = part(identity, 'individual');
  const business = part(identity, 'business_details');
  const terms = part(part(identity, 'attestations'), 'terms_of_service')['account'];
  const isIndividual = (identity['entity_type'] ?? 'individual') === 'individual';
  const fields: [string, unknown][] = isIndividual
    ? [
        ['identity.individual.given_name', person['given_name']],
        ['identity.individual.surname', person['surname']],
        ['identity.individual.date_of_birth', person['date_of_birth']],
        ['identity.individual.address', person['address']],
        ['identity.individual.id_numbers', needsIdNumber(account) ? person['id_numbers'] : true],
      ]
    : [
        ['identity.business_details.registered_name', business['registered_name']],
        ['identity.business_details.address', business['address']],
        ['identity.business_details.id_numbers', business['id_numbers']],
      ];
  fields.push(['identity.attestations.terms_of_service.account', terms]);
  return fields.filter(([, value]) => value === undefined || value === null).map(([name]) => name);
}

function needsIdNumber(account: AccountRecord): boolean {
  return countryOf(account) === 'US';
}

/**
 * The values that Stripe cannot verify according to the magic test values: birth date, identity
 * number, address.
 */
function mismatches(account: AccountRecord): RequirementEntry[] {
  const { identity } = account;
  const person = part(identity, 'individual');
  const address = part(
    identity['individual'] ? person : part(identity, 'business_details'),
    'address',
  );
  const entries: RequirementEntry[] = [];
  const born = birthOf(account);
  if (born !== undefined && !['1901-01-01', '1902-01-01', '1900-01-01'].includes(born)) {
    entries.push(
      entry('identity.individual.date_of_birth', ['verification_failed_keyed_identity']),
    );
  }
  const numbers = idNumbersOf(account);
  if (numbers.includes('111111111')) {
    entries.push(entry('identity.individual.id_numbers', ['verification_failed_id_number_match']));
  }
  if (['address_no_match', 'address_line1_no_match'].includes(textOf(address['line1']))) {
    entries.push(entry('identity.individual.address', ['verification_failed_address_match']));
  }
  return entries;
}

function isImmediate(account: AccountRecord): boolean {
  const born = birthOf(account);
  const bornAtOnce = born === undefined || born === '1902-01-01';
  const numbers = idNumbersOf(account);
  return (
    bornAtOnce && (numbers.length === 0 || numbers.some((number) => number.startsWith('222222')))
  );
}

function isOnSanctionsList(account: AccountRecord): boolean {
  return birthOf(account) === '1900-01-01';
}

function birthOf({ identity }: AccountRecord): string | undefined {
  const birth = part(identity, 'individual')['date_of_birth'];
  if (!isObject(birth)) return undefined;
  const two = (value: unknown) => textOf(value).padStart(2, '0');
  return `${textOf(birth['year'])}-${two(birth['month'])}-${two(birth['day'])}`;
}

function idNumbersOf({ identity }: AccountRecord): string[] {
  return ['individual', 'business_details'].flatMap((who) => {
    const numbers = part(identity, who)['id_numbers'];
    return Array.isArray(numbers)
      ? numbers.filter(isObject).map((number) => textOf(number['value']))
      : [];
  });
}

function part(node: JsonObject, key: string): JsonObject {
  const value = node[key];
  return isObject(value) ? value : {};
}

function entry(
  description: string,
  errors: string[] = [],
  capabilities = [transfers, payouts],
  status = 'currently_due',
) {
  return {
    awaiting_action_from: 'user' as const,
    description,
    errors: errors.map((code) => ({ code, description: 'The information could not be verified.' })),
    impact: {
      restricts_capabilities: capabilities.map((capability) => ({
        capability,
        configuration: 'recipient',
        deadline: { status },
      })),
    },
    minimum_deadline: { status },
    requested_reasons: [{ code: 'routine_onboarding' }],
  };
}
