import type { AccountRecord } from '../core/records.ts';
import { countryOf } from './record.ts';

const choices: [value: string, label: string][] = [
  ['verified', 'Verified at once'],
  ['review', 'Verified after a short review'],
  ['documents', 'Needs documents: the id number does not match'],
  ['fails', 'Fails: the person may not be paid'],
];

const banks: [number: string, label: string][] = [
  ['', 'A bank account that takes every payout'],
  ['000111111113', 'Payouts fail: account closed (US)'],
  ['000111111116', 'Payouts fail: no such account (US)'],
  ['000222222227', 'Payouts fail: insufficient funds (US)'],
  ['000333333335', 'Payouts fail: debit not authorized (US)'],
  ['000444444440', 'Payouts fail: wrong currency (US)'],
];

/** The onboarding form, filled in with values that succeed. */
export function setupForm(account: AccountRecord, session: string): string {
  const name = escape(account.display_name ?? account.contact_email ?? account.id);
  const radios = choices.map(
    ([value, label], index) =>
      `<label><input type="radio" name="outcome" value="${value}"${index === 0 ? ' checked' : ''}> ` +
      `${label}</label>`,
  );
  const options = banks.map(([number, label]) => `<option value="${number}">${label}</option>`);
  const company = (account.identity['entity_type'] ?? 'individual') !== 'individual';
  return page(
    `Get paid: ${name}`,
    `<p>Stripe's sandbox stands in for Stripe here. Country: ${escape(countryOf(account))}.</p>
<form method="post">
<input type="hidden" name="session" value="${session}">
${company ? '' : field('givenName', 'First name', 'Jenny')}
${field('surname', company ? 'Registered name' : 'Last name', company ? 'Sandbox Company' : 'Rosen')}
${field('line1', 'Address', 'address_full_match')}
${field('city', 'City', 'San Francisco')}
${field('postalCode', 'Postal code', '94111')}
<fieldset><legend>Verification</legend>${radios.join('\n')}</fieldset>
<label>Bank account <select name="accountNumber">${options.join('')}</select></label>
<p><button name="action" value="submit">Submit</button>
<button name="action" value="later">Save for later</button></p>
</form>`,
  );
}

/** A page without outside resources. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 3rem auto; padding: 0 1rem }
label { display: block; margin: .6rem 0 } input:not([type=radio]), select { width: 100%; padding: .4rem }
button { padding: .5rem 1rem }
</style></head>
<body><h1>${title}</h1>${body}</body></html>`;
}

function field(name: string, label: string, value: string): string {
  return `<label>${label} <input name="${name}" value="${escape(value)}"></label>`;
}

function escape(text: string): string {
  const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (sign) => signs[sign] ?? sign);
}
