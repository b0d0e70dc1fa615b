import { countryOf, readAccount, storeAccount } from '../accounts/record.ts';
import { nextMidnight } from '../books/calendar.ts';
import { schedule } from '../core/due.ts';
import { invalid } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import {
  flag,
  hash,
  integer,
  listOf,
  mapOf,
  oneOf,
  type Parsed,
  text,
  unsettable,
} from '../core/params.ts';
import { emit } from '../events/emit.ts';
import { type Route, v1 } from '../http/routes.ts';
import { shortText } from '../money/fields.ts';
import { changedFrom } from '../store/objects.ts';
import type { AccountRecord, BalanceSettings } from '../store/records.ts';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const;
const usualDelayDays = 2;
const alwaysAutomatic = ['BR', 'IN'];

const shape = {
  payments: hash({
    debit_negative_balances: flag(),
    payouts: hash({
      minimum_balance_by_currency: unsettable(mapOf(unsettable(integer()))),
      schedule: hash({
        interval: oneOf('daily', 'manual', 'monthly', 'weekly'),
        monthly_payout_days: listOf(dayOfMonth()),
        weekly_payout_days: listOf(oneOf(...weekdays)),
      }),
      statement_descriptor: shortText(22),
    }),
    settlement_timing: hash({
      delay_days_override: unsettable(integer()),
      start_of_day: unsettable(hash({ hour: integer(), minutes: integer(), timezone: text() })),
    }),
  }),
};

type Payments = NonNullable<Parsed<typeof shape>['payments']>;

/** `/v1/balance_settings`, acting for the platform or for the account in the header. */
export const balanceSettingsRoutes: Route[] = [
  v1('GET /v1/balance_settings', {}, ({ w, account }) => show(readAccount(w, account))),
  v1('POST /v1/balance_settings', shape, ({ w, account }, params) => {
    const before = readAccount(w, account);
    const after = structuredClone(before);
    if (params.payments) apply(after, params.payments);
    storeAccount(w, after);
    const shown = show(after);
    const changed = changedFrom(show(before), shown);
    if (Object.keys(changed).length > 0)
      emit(w, 'balance_settings.updated', account, shown, changed);
    // The next midnight applies the new schedule to the existing balance.
    const next = nextMidnight(w.clock.seconds() + 1);
    if (after.internal.settings.interval !== 'manual') {
      schedule(w, next * 1000, 'automatic_payout', account);
    }
    return shown;
  }),
];

function show({ internal }: AccountRecord): JsonObject {
  const { settings } = internal;
  const enabled = internal.payouts.status === 'active' && !internal.payoutsPaused;
  const override = settings.delay_days_override;
  return {
    object: 'balance_settings',
    payments: {
      debit_negative_balances: settings.debit_negative_balances,
      payouts: {
        automatic_transfer_rules_by_currency: null,
        minimum_balance_by_currency: settings.minimum_balance_by_currency,
        schedule: {
          interval: settings.interval,
          ...(settings.interval === 'monthly' && {
            monthly_payout_days: settings.monthly_payout_days,
          }),
          ...(settings.interval === 'weekly' && {
            weekly_payout_days: settings.weekly_payout_days,
          }),
        },
        statement_descriptor: settings.statement_descriptor,
        status: enabled ? 'enabled' : 'disabled',
      },
      settlement_timing: {
        delay_days: override ?? usualDelayDays,
        ...(override !== null && { delay_days_override: override }),
        start_of_day: settings.start_of_day,
      },
    },
  };
}

function apply(account: AccountRecord, payments: Payments): void {
  const { settings } = account.internal;
  const { payouts, settlement_timing: timing } = payments;
  settings.debit_negative_balances =
    payments.debit_negative_balances ?? settings.debit_negative_balances;
  settings.statement_descriptor = payouts?.statement_descriptor ?? settings.statement_descriptor;
  if (payouts?.minimum_balance_by_currency !== undefined) {
    setMinimums(settings, payouts.minimum_balance_by_currency);
  }
  if (payouts?.schedule) setSchedule(account, payouts.schedule);
  if (timing?.delay_days_override !== undefined) setDelay(settings, timing.delay_days_override);
  if (timing?.start_of_day !== undefined) {
    const { hour = 0, minutes = 0, timezone = 'Etc/UTC' } = timing.start_of_day ?? {};
    settings.start_of_day = timing.start_of_day === null ? null : { hour, minutes, timezone };
  }
}

function setSchedule(
  account: AccountRecord,
  asked: NonNullable<NonNullable<Payments['payouts']>['schedule']>,
): void {
  const { settings } = account.internal;
  const interval = asked.interval ?? settings.interval;
  const weekly = asked.weekly_payout_days ?? settings.weekly_payout_days;
  const monthly = asked.monthly_payout_days ?? settings.monthly_payout_days;
  if (interval !== 'daily' && alwaysAutomatic.includes(countryOf(account))) {
    throw invalid('Accounts in this country can only be paid out daily.', {
      param: 'payments[payouts][schedule][interval]',
    });
  }
  if (interval === 'weekly' && weekly.length === 0) throw missingDays('weekly_payout_days');
  if (interval === 'monthly' && monthly.length === 0) throw missingDays('monthly_payout_days');
  Object.assign(settings, {
    interval,
    weekly_payout_days: interval === 'weekly' ? weekly : [],
    monthly_payout_days: interval === 'monthly' ? monthly : [],
  });
}

function setMinimums(
  settings: BalanceSettings,
  asked: Record<string, number | null | undefined> | null,
): void {
  const merged = { ...settings.minimum_balance_by_currency, ...asked };
  const kept = Object.entries(merged).filter(
    (one): one is [string, number] => typeof one[1] === 'number' && one[1] > 0,
  );
  const none = asked === null || kept.length === 0;
  settings.minimum_balance_by_currency = none ? null : Object.fromEntries(kept);
}

function setDelay(settings: BalanceSettings, days: number | null): void {
  if (days !== null && (days < usualDelayDays || days > 31)) {
    throw invalid(`delay_days_override must be between ${usualDelayDays} and 31.`, {
      param: 'payments[settlement_timing][delay_days_override]',
    });
  }
  settings.delay_days_override = days;
}

function dayOfMonth() {
  const whole = integer();
  return {
    read(value: unknown, name: string) {
      const day = whole.read(value, name);
      if (day !== undefined && day >= 1 && day <= 31) return day;
      throw invalid(`Invalid ${name}: must be between 1 and 31`, { param: name });
    },
  };
}

function missingDays(name: string) {
  const param = `payments[payouts][schedule][${name}]`;
  return invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
}
