import type { JsonObject } from '../core/json.ts';
import { platformId, type World } from '../core/world.ts';
import { listAnswer } from '../store/lists.ts';
import { view } from '../store/objects.ts';
import type { AccountRecord, Capability } from '../store/records.ts';
import { bankAccountsOf, countryOf } from './record.ts';
import { collectorOf, deadlineOf } from './v2-view.ts';

/** An account in the format of `/v1/accounts/:id`. */
export function accountView(w: World, account: AccountRecord): JsonObject {
  const { id, internal } = account;
  const isPlatform = id === platformId;
  const submitted =
    isPlatform || internal.entries.every((e) => e.description === 'external_account');
  return {
    id,
    object: 'account',
    business_profile: null,
    business_type: account.identity['entity_type'] ?? null,
    capabilities: isPlatform
      ? {}
      : capabilitiesOf(internal.stripeTransfers, internal.transfersRequested),
    charges_enabled: isPlatform,
    ...(!isPlatform && { controller: controllerOf(account) }),
    country: countryOf(account),
    created: Math.floor(Date.parse(account.created) / 1000),
    default_currency: account.defaults.currency,
    details_submitted: submitted,
    email: account.contact_email ?? null,
    external_accounts: listAnswer(
      `/v1/accounts/${id}/external_accounts`,
      bankAccountsOf(w, id).map((bank) => view(bank)),
      false,
    ),
    future_requirements: requirementsHash([], null, null),
    metadata: account.metadata,
    payouts_enabled: internal.payouts.status === 'active' && !internal.payoutsPaused,
    requirements: requirementsHash(
      internal.entries.map((e) => v1Name(e.description)),
      disabledReason(account),
      secondsOf(deadlineOf(internal)),
    ),
    settings: settingsOf(account),
    tos_acceptance: { date: null, service_agreement: internal.serviceAgreement },
    type: isPlatform ? 'standard' : 'none',
  };
}

function capabilitiesOf(capability: Capability, requested: boolean): JsonObject {
  if (!requested) return {};
  const words: Record<string, string> = { active: 'active', pending: 'pending' };
  return { transfers: words[capability.status] ?? 'inactive' };
}

function controllerOf(account: AccountRecord): JsonObject {
  const { responsibilities } = account.defaults;
  return {
    fees: { payer: responsibilities['fees_collector'] ?? 'application' },
    is_controller: true,
    losses: { payments: responsibilities['losses_collector'] ?? 'application' },
    requirement_collection:
      responsibilities['requirements_collector'] ?? collectorOf(account.dashboard),
    stripe_dashboard: { type: account.dashboard },
    type: 'application',
  };
}

function settingsOf({ internal }: AccountRecord): JsonObject {
  const { settings } = internal;
  const [weeklyAnchor] = settings.weekly_payout_days;
  const [monthlyAnchor] = settings.monthly_payout_days;
  return {
    ...untouchedSettings,
    payouts: {
      debit_negative_balances: settings.debit_negative_balances,
      schedule: {
        delay_days: settings.delay_days_override ?? 2,
        interval: settings.interval,
        ...(settings.interval === 'weekly' && {
          weekly_anchor: weeklyAnchor,
          weekly_payout_days: settings.weekly_payout_days,
        }),
        ...(settings.interval === 'monthly' && {
          monthly_anchor: monthlyAnchor,
          monthly_payout_days: settings.monthly_payout_days,
        }),
      },
      statement_descriptor: settings.statement_descriptor,
    },
  };
}

function secondsOf(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.floor(ms / 1000);
}

function requirementsHash(
  due: string[],
  reason: string | null,
  deadline: number | null,
): JsonObject {
  return {
    alternatives: [],
    current_deadline: deadline,
    currently_due: due,
    disabled_reason: reason,
    errors: [],
    eventually_due: due,
    past_due: reason === 'requirements.past_due' ? due : [],
    pending_verification:
      reason === 'requirements.pending_verification' ? ['individual.id_number'] : [],
  };
}

function disabledReason({ internal, id }: AccountRecord): string | null {
  if (id === platformId) return null;
  if (internal.rejected) return 'rejected.other';
  if (internal.reviewing) return 'requirements.pending_verification';
  const active = [internal.stripeTransfers, internal.payouts].every((c) => c.status === 'active');
  return internal.entries.length > 0 && !active ? 'requirements.past_due' : null;
}

function v1Name(description: string): string {
  const names: Record<string, string> = {
    'identity.individual.given_name': 'individual.first_name',
    'identity.individual.surname': 'individual.last_name',
    'identity.individual.date_of_birth': 'individual.dob',
    'identity.individual.id_numbers': 'individual.id_number',
    'identity.attestations.terms_of_service.account': 'tos_acceptance',
  };
  return (
    names[description] ??
    description.replace('identity.', '').replace('business_details', 'company')
  );
}

/** The settings that a marketplace's account never uses, as Stripe shows them. */
const untouchedSettings: JsonObject = {
  branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
  card_payments: {
    decline_on: { avs_failure: false, cvc_failure: false },
    statement_descriptor_prefix: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
  dashboard: { display_name: null, timezone: 'Etc/UTC' },
  payments: {
    statement_descriptor: null,
    statement_descriptor_kana: null,
    statement_descriptor_kanji: null,
  },
};
