import { isObject } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import { metadata } from '../core/metadata.ts';
import { anything, flag, hash, listOf, oneOf, text, unsettable } from '../core/params.ts';
import { includable } from './v2-view.ts';

const address = hash({
  city: text(),
  country: text(),
  line1: text(),
  line2: text(),
  postal_code: text(),
  state: text(),
  town: text(),
});

const acceptance = hash({ date: text(), ip: text(), user_agent: text() });

const individual = hash({
  additional_addresses: listOf(anything()),
  additional_names: listOf(anything()),
  address,
  date_of_birth: anything(),
  documents: anything(),
  email: text(),
  given_name: text(),
  id_numbers: listOf(hash({ type: text(), value: text() })),
  legal_gender: text(),
  metadata: metadata(),
  nationalities: listOf(text()),
  phone: text(),
  political_exposure: text(),
  relationship: anything(),
  script_addresses: anything(),
  script_names: anything(),
  surname: text(),
});

const businessDetails = hash({
  additional_addresses: listOf(anything()),
  address,
  annual_revenue: anything(),
  documents: anything(),
  estimated_worker_count: anything(),
  id_numbers: listOf(hash({ registrar: text(), type: text(), value: text() })),
  monthly_estimated_revenue: anything(),
  phone: text(),
  registered_name: text(),
  registration_date: anything(),
  script_addresses: anything(),
  script_names: anything(),
  structure: text(),
});

const identity = hash({
  attestations: hash({
    directorship_declaration: acceptance,
    ownership_declaration: acceptance,
    persons_provided: anything(),
    representative_declaration: acceptance,
    terms_of_service: hash({ account: acceptance }),
  }),
  business_details: businessDetails,
  country: text(),
  entity_type: oneOf('company', 'government_entity', 'individual', 'non_profit'),
  individual,
});

const requested = hash({ requested: flag() });

const recipient = hash({
  applied: flag(),
  capabilities: hash({
    bank_accounts: anything(),
    cards: requested,
    stripe_balance: hash({ stripe_transfers: requested }),
  }),
});

const collector = oneOf('application', 'stripe', 'application_custom', 'application_express');

/** The parameters of the creation and the update of an account. */
export const accountShape = {
  configuration: hash({ customer: anything(), merchant: anything(), recipient }),
  contact_email: text(),
  contact_phone: text(),
  dashboard: oneOf('express', 'full', 'none'),
  defaults: hash({
    currency: text(),
    locales: listOf(text()),
    payout_methods: anything(),
    profile: hash({
      business_url: text(),
      doing_business_as: text(),
      product_description: text(),
    }),
    responsibilities: hash({
      fees_collector: collector,
      losses_collector: oneOf('application', 'stripe'),
      requirements_collector: oneOf('application', 'stripe'),
    }),
  }),
  display_name: unsettable(text()),
  identity,
  include: listOf(oneOf(...includable)),
  metadata: metadata(),
};

/** Applies a change: objects are merged, lists and values are replaced, null removes a value. */
export function merge(current: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...current };
  for (const [key, value] of Object.entries(patch)) {
    const known = merged[key];
    if (value === undefined) continue;
    if (value === null) delete merged[key];
    else merged[key] = isObject(value) ? merge(isObject(known) ? known : {}, value) : value;
  }
  return merged;
}
