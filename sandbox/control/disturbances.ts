import { errorAnswer, lockTimeout, StripeFault } from '../core/errors.ts';
import {
  flag,
  hash,
  integer,
  listOf,
  mapOf,
  oneOf,
  type Parsed,
  required,
  text,
} from '../core/params.ts';
import type { Fault } from '../disturbances/faults.ts';
import { type Aim, isPathPattern } from '../http/paths.ts';
import { readLag, setLag } from '../store/lists.ts';
import { control, refuse, unknownId } from './define.ts';

const aim = {
  method: oneOf('GET', 'POST', 'DELETE'),
  path: text(),
  account: text(),
};

const hold = hash({
  ...aim,
  id: required(text()),
  when: required(oneOf('before', 'during', 'after')),
  count: integer(),
  lock: flag(),
});

const rule = {
  ...aim,
  id: text(),
  kind: required(
    oneOf('drop-before', 'drop-after', 'status', 'delay', 'rate-limit', 'lock-timeout'),
  ),
  count: integer(),
  status: integer(),
  type: text(),
  code: text(),
  message: text(),
  body: text(),
  headers: mapOf(required(text())),
  stored: flag(),
  processed: flag(),
  delayMs: integer(),
};

type Rule = Parsed<typeof rule>;

const positive = { globalPerSecond: integer(), endpointPerSecond: integer() };
const limits = {
  ...positive,
  mode: oneOf('off', 'live', 'sandbox'),
  payoutsPerSecond: integer(),
  payoutsAtOnce: integer(),
  accountsPerSecond: integer(),
  globalAtOnce: integer(),
  objectPerHour: integer(),
};

/**
 * `holds`, `faults` and `limits`: the disturbances between a request and its answer. `lists`: how
 * far the lists of transfers, payouts and accounts lag behind the writes.
 */
export const disturbanceControls = [
  control('GET holds', {}, ({ surface }) => ({ holds: surface.holds.list() })),
  control('PUT holds', { holds: required(listOf(hold)) }, ({ surface }, { holds }) => {
    for (const [index, order] of holds.entries()) {
      checkAim(order, `holds[${index}]`);
      if ((order.count ?? 1) < 1) throw refuse('count is at least 1', `holds[${index}][count]`);
      if (holds.findIndex((other) => other.id === order.id) !== index) {
        throw refuse(`Two holds have the id ${order.id}`, `holds[${index}][id]`);
      }
    }
    surface.holds.replace(
      holds.map((order) => ({ ...order, count: order.count ?? 1, lock: order.lock ?? false })),
    );
    return { holds: surface.holds.list() };
  }),
  control('POST holds/:id/release', { drop: flag() }, ({ surface, id }, { drop }) => {
    if (!surface.holds.release(id, drop ?? false)) throw unknownId('hold', id);
    return { holds: surface.holds.list() };
  }),
  control('GET faults', {}, ({ surface }) => ({ rules: surface.faults.list() })),
  control('PUT faults', { rules: required(listOf(hash(rule))) }, ({ surface }, { rules }) => {
    surface.faults.replace(rules.map((one, index) => faultOf(one, index)));
    return { rules: surface.faults.list() };
  }),
  control('GET lists', {}, ({ surface }) => readLag(surface.w)),
  control('PUT lists', { lagSeconds: required(integer()), parameter: text() }, (of, params) => {
    const { lagSeconds: seconds, parameter } = params;
    if (seconds < 0) throw refuse('lagSeconds is at least 0', 'lagSeconds');
    setLag(of.surface.w, { seconds, parameter });
    return readLag(of.surface.w);
  }),
  control('GET limits', {}, ({ surface }) => surface.limits.settings()),
  control('PUT limits', limits, ({ surface }, params) => {
    for (const [name, value] of Object.entries(params)) {
      if (typeof value === 'number' && value < 1) throw refuse(`${name} is at least 1`, name);
    }
    surface.limits.set(params);
    return surface.limits.settings();
  }),
];

function checkAim({ path }: Aim, name: string): void {
  if (path === undefined || isPathPattern(path)) return;
  throw refuse(`${path} is neither a prefix nor a regexp`, `${name}[path]`);
}

function faultOf(rule: Rule, index: number): Fault {
  const name = `rules[${index}]`;
  checkAim(rule, name);
  const { method, path, account, count = 1, delayMs = 0, status = 500 } = rule;
  if (count < 1) throw refuse('count is at least 1', `${name}[count]`);
  if (delayMs < 0 || delayMs > 600_000) throw refuse('delayMs is too long', `${name}[delayMs]`);
  if (status < 200 || status > 599) throw refuse('status is no HTTP status', `${name}[status]`);
  const id = rule.id ?? `fault_${index + 1}`;
  return { id, method, path, account, count, delayMs, ...effectOf(rule, status, id) };
}

function effectOf(rule: Rule, status: number, id: string) {
  const { kind, headers = {}, stored = false, processed = false } = rule;
  if (kind === 'rate-limit') {
    const reason = { 'Stripe-Rate-Limited-Reason': 'global-rate', ...headers };
    const body = bodyOf(rule, id, 'Request rate limit exceeded.', 'rate_limit');
    return { kind: 'status', status: 429, body, headers: reason, stored, processed } as const;
  }
  if (kind === 'lock-timeout') {
    const { message } = lockTimeout();
    const body = bodyOf(rule, id, message, 'lock_timeout');
    const retry = { 'Stripe-Should-Retry': 'true', ...headers };
    return { kind: 'status', status: 429, body, headers: retry, stored, processed } as const;
  }
  const retry = stored ? { 'Stripe-Should-Retry': 'false' } : {};
  const body = bodyOf(rule, id, 'An error that a test asked for.');
  return { kind, status, body, headers: { ...retry, ...headers }, stored, processed };
}

function bodyOf(rule: Rule, id: string, otherwise: string, word?: string): string {
  if (rule.body !== undefined) return rule.body;
  const { status = 500, message = otherwise, code = word } = rule;
  const type = rule.type ?? (status >= 500 && !word ? 'api_error' : 'invalid_request_error');
  const fault = new StripeFault(status, { type, message, ...(code && { code }) }, false);
  return JSON.stringify(errorAnswer(fault, id));
}
