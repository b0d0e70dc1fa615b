import { placeOf } from '../accounts/addresses.ts';
import { countryOf } from '../accounts/record.ts';
import { failingNumber } from '../payouts/failures.ts';
import type { AccountRecord } from '../store/records.ts';

const choices: [value: string, label: string][] = [
  ['verified', 'Verified at once'],
  ['review', 'Verified after a short review'],
  ['documents', 'Needs documents: the id number does not match'],
  ['fails', 'Fails: the person may not be paid'],
];

const failures: [code: string, label: string][] = [
  ['account_closed', 'account closed'],
  ['no_account', 'no such account'],
  ['insufficient_funds', 'insufficient funds'],
  ['debit_not_authorized', 'debit not authorized'],
  ['invalid_currency', 'wrong currency'],
];

/** A field of the form: none may be left empty. */
type Wanted = { name: string; label: string; value: string };

/** The fields a seller fills in, with values that succeed in the seller's country. */
export function wantedFields(account: AccountRecord): Wanted[] {
  const { city, postalCode } = placeOf(countryOf(account));
  const isCompany = (account.identity['entity_type'] ?? 'individual') !== 'individual';
  const name = isCompany
    ? [{ name: 'surname', label: 'Registered name', value: 'Sandbox Company' }]
    : [
        { name: 'givenName', label: 'First name', value: 'Jenny' },
        { name: 'surname', label: 'Last name', value: 'Rosen' },
      ];
  return [
    ...name,
    { name: 'line1', label: 'Address', value: 'address_full_match' },
    { name: 'city', label: 'City', value: city },
    { name: 'postalCode', label: 'Postal code', value: postalCode },
  ];
}

/** The onboarding form, as it was typed before or filled in with values that succeed. */
export function setupForm(
  account: AccountRecord,
  session: string,
  { typed, trouble }: { typed?: URLSearchParams; trouble?: string } = {},
): string {
  const name = escape(account.display_name ?? account.contact_email ?? account.id);
  const fields = wantedFields(account).map((one) => field(one, typed?.get(one.name)));
  return page(
    `Get paid: ${name}`,
    `<p>This is a page of the sandbox, not of Stripe. Country: ${escape(countryOf(account))}.</p>
${trouble === undefined ? '' : `<p role="alert">${escape(trouble)}</p>`}
<form method="post">
<input type="hidden" name="session" value="${session}">
${fields.join('\n')}
<fieldset><legend>Verification</legend>${radios(typed?.get('outcome') ?? 'verified')}</fieldset>
<label>Bank account <select name="accountNumber">${banks(account, typed)}</select></label>
<p><button name="action" value="submit">Submit</button>
<button name="action" value="later" formnovalidate>Save for later</button></p>
</form>`,
  );
}

function radios(chosen: string): string {
  const all = choices.map(([value, label]) => {
    const checked = value === chosen ? ' checked' : '';
    return `<label><input type="radio" name="outcome" value="${value}"${checked}> ${label}</label>`;
  });
  return all.join('\n');
}

function banks(account: AccountRecord, typed: URLSearchParams | undefined): string {
  const country = countryOf(account);
  const failing = failures.map(([code, label]): [string, string] => {
    return [failingNumber(code, country) ?? '', `Payouts fail: ${label}`];
  });
  const all: [string, string][] = [['', 'A bank account that takes every payout'], ...failing];
  return all
    .map(([number, label]) => {
      const selected = number !== '' && number === typed?.get('accountNumber') ? ' selected' : '';
      return `<option value="${number}"${selected}>${label}</option>`;
    })
    .join('');
}

/** A page without outside resources. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 3rem auto; padding: 0 1rem }
label { display: block; margin: .6rem 0 } input:not([type=radio]), select { width: 100%; padding: .4rem }
button { padding: .5rem 1rem } [role=alert] { color: #b00020 }
</style></head>
<body><h1>${title}</h1>${body}</body></html>`;
}

function field({ name, label, value }: Wanted, typed: string | null | undefined): string {
  const shown = escape(typed ?? value);
  return `<label>${label} <input name="${name}" value="${shown}" required></label>`;
}

function escape(text: string): string {
  const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (sign) => signs[sign] ?? sign);
}
