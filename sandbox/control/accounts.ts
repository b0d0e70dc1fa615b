import { changeAccount, demand } from '../accounts/change.ts';
import { completeOnboarding } from '../accounts/onboarding.ts';
import { findAccount } from '../accounts/record.ts';
import { accountV2View } from '../accounts/v2-view.ts';
import { flag, integer, oneOf, required, text } from '../core/params.ts';
import { platformId, type World } from '../core/world.ts';
import { emit } from '../events/emit.ts';
import type { AccountRecord } from '../store/records.ts';
import { control, unknownId } from './define.ts';

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
  serviceAgreement: oneOf('full', 'recipient'),
};

const wanted = { requirement: required(text()), withinDays: integer() };

/** What a test does in the place of a seller or of Stripe's staff. */
export const accountControls = [
  control('POST accounts/:id/complete-onboarding', entered, ({ surface: { w }, id }, params) => {
    refuseUnknown(w, id);
    return shown(w.db.transaction(() => completeOnboarding(w, id, params)));
  }),
  control(
    'POST accounts/:id/pause-payouts',
    { paused: required(flag()) },
    ({ surface: { w }, id }, { paused }) => {
      refuseUnknown(w, id);
      const pause = (draft: AccountRecord) => void (draft.internal.payoutsPaused = paused);
      return shown(w.db.transaction(() => changeAccount(w, id, pause)));
    },
  ),
  control('POST accounts/:id/demand', wanted, ({ surface: { w }, id }, params) => {
    refuseUnknown(w, id);
    const deadline = w.clock.now() + (params.withinDays ?? 14) * 86_400_000;
    return shown(w.db.transaction(() => demand(w, id, params.requirement, deadline)));
  }),
  control('POST accounts/:id/deauthorize', {}, ({ surface: { w }, id }) => {
    refuseUnknown(w, id);
    const leave = (draft: AccountRecord) => void (draft.internal.deauthorized = true);
    const account = w.db.transaction(() => {
      const application = { id: 'ca_sandbox', object: 'application', name: 'Sandbox platform' };
      emit(w, 'account.application.deauthorized', id, application);
      return changeAccount(w, id, leave);
    });
    return shown(account);
  }),
];

function refuseUnknown(w: World, id: string): void {
  if (id === platformId || !findAccount(w, id)) throw unknownId('connected account', id);
}

function shown(account: AccountRecord): object {
  return accountV2View(account, ['configuration.recipient', 'identity', 'requirements']);
}
