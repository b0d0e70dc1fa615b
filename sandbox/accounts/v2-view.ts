import { isObject, type JsonObject } from '../core/json.ts';
import type { AccountRecord } from '../store/records.ts';

/** The parts of a v2 account that Stripe shows only on request. */
export const includable = [
  'configuration.customer',
  'configuration.merchant',
  'configuration.recipient',
  'defaults',
  'future_requirements',
  'identity',
  'requirements',
] as const;

/** A part of a v2 account that may be requested with `include`. */
export type Include = (typeof includable)[number];

/** An account in the format of Accounts v2. Parts that were not requested are null. */
export function accountV2View(account: AccountRecord, include: Include[] = []): JsonObject {
  const asked = (part: Include, value: JsonObject | null) =>
    include.includes(part) ? value : null;
  const configurations = include.some((part) => part.startsWith('configuration.'));
  return {
    id: account.id,
    object: 'v2.core.account',
    applied_configurations: account.internal.recipient ? ['recipient'] : [],
    closed: account.closed,
    configuration: configurations
      ? {
          customer: null,
          merchant: null,
          recipient: asked('configuration.recipient', recipientOf(account)),
        }
      : null,
    contact_email: account.contact_email ?? null,
    contact_phone: account.contact_phone ?? null,
    created: account.created,
    dashboard: account.dashboard,
    defaults: asked('defaults', defaultsOf(account)),
    display_name: account.display_name ?? null,
    future_requirements: asked('future_requirements', { entries: [], summary: null }),
    identity: asked('identity', identityOf(account)),
    livemode: false,
    metadata: account.metadata,
    requirements: asked('requirements', requirementsOf(account)),
  };
}

function recipientOf({ internal }: AccountRecord): JsonObject | null {
  if (!internal.recipient) return null;
  const stripeBalance = { stripe_transfers: internal.stripeTransfers, payouts: internal.payouts };
  return {
    applied: true,
    capabilities: { stripe_balance: internal.transfersRequested ? stripeBalance : null },
  };
}

function requirementsOf({ internal }: AccountRecord): JsonObject {
  const { entries } = internal;
  const late = entries.some((entry) => entry.minimum_deadline.status === 'past_due');
  const deadline = deadlineOf(internal);
  const time = deadline === undefined ? null : new Date(deadline).toISOString();
  const status = late ? 'past_due' : 'currently_due';
  return {
    alternatives: [],
    entries,
    summary: { minimum_deadline: entries.length > 0 ? { status, time } : null },
  };
}

/** The earliest deadline of the open requirements, in milliseconds. */
export function deadlineOf({ demands = [] }: AccountRecord['internal']): number | undefined {
  return demands.length === 0 ? undefined : Math.min(...demands.map(({ deadline }) => deadline));
}

/**
 * The defaults of an account. They always name who collects requirements: whoever provides the
 * seller's dashboard.
 */
function defaultsOf({ dashboard, defaults }: AccountRecord): JsonObject {
  const collector = { requirements_collector: collectorOf(dashboard) };
  return { ...defaults, responsibilities: { ...collector, ...defaults.responsibilities } };
}

/**
 * Who collects the requirements of an account with this dashboard, unless the request named
 * somebody.
 */
export function collectorOf(dashboard: string): 'application' | 'stripe' {
  return dashboard === 'none' ? 'application' : 'stripe';
}

/** The identity of an account. The individual has its own id, like a person. */
function identityOf({ id, created, identity }: AccountRecord): JsonObject {
  const { individual, ...rest } = hideNumbers(identity);
  if (!isObject(individual)) return rest;
  const person = { id: id.replace('acct_', 'person_'), object: 'v2.core.account_person' };
  return {
    ...rest,
    individual: { ...person, account: id, created, updated: created, ...individual },
  };
}

/** Hides identity numbers, because Stripe never shows them again. */
function hideNumbers(identity: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(identity, (key, value: unknown) =>
      key === 'id_numbers' && Array.isArray(value)
        ? value.map((number: { type?: string }) => ({ type: number.type }))
        : value,
    ),
  ) as JsonObject;
}
