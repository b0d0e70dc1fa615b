import { completeOnboarding } from '../accounts/onboarding.ts';
import { accountV2View } from '../accounts/v2-view.ts';
import { findAccount } from '../accounts/record.ts';
import { text } from '../core/params.ts';
import { control, unknownId } from './control.ts';

const entered = {
  givenName: text(),
  surname: text(),
  birthDate: text(),
  idNumber: text(),
  line1: text(),
  city: text(),
  state: text(),
  postalCode: text(),
  accountNumber: text(),
  routingNumber: text(),
  iban: text(),
  country: text(),
  currency: text(),
};

/** What a test does in the place of a seller or a bank. */
export const accountControls = [
  control('POST accounts/:id/complete-onboarding', entered, ({ surface: { w }, id }, params) => {
    if (!findAccount(w, id)) throw unknownId('account', id);
    const account = w.db.transaction(() => completeOnboarding(w, id, params));
    return accountV2View(account, ['configuration.recipient', 'identity', 'requirements']);
  }),
];
