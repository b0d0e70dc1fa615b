import type { JsonObject } from './json.ts';

/** The body of an error in Stripe's format. */
export type ErrorBody = {
  type: string;
  message: string;
  code?: string;
  param?: string;
  doc_url?: string;
};

/**
 * A refusal. `stored` is true if Stripe stores the refusal under the idempotency key and replays
 * it.
 */
export class StripeFault extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly stored: boolean;
  readonly headers: Record<string, string>;

  constructor(status: number, body: ErrorBody, stored: boolean, headers = {}) {
    super(body.message);
    this.status = status;
    this.body = body;
    this.stored = stored;
    this.headers = headers;
  }
}

type Details = { code?: string; param?: string; status?: number };

/** Creates a refusal by the endpoint itself, which is replayed under the same key. */
export function refusal(message: string, details: Details = {}): StripeFault {
  return new StripeFault(details.status ?? 400, bodyOf(message, details), true);
}

/** Creates a refusal before the endpoint ran, which Stripe does not store. */
export function invalid(message: string, details: Details = {}): StripeFault {
  return new StripeFault(details.status ?? 400, bodyOf(message, details), false);
}

/** Creates the refusal of an id that does not exist. */
export function missing(what: string, id: string, param = 'id', status = 404): StripeFault {
  return refusal(`No such ${what}: '${id}'`, { code: 'resource_missing', param, status });
}

/** Creates the refusal of a request while another request changes the same object. */
export function lockTimeout(): StripeFault {
  const message =
    "This object can't be accessed right now because another API request or Stripe process is " +
    'currently accessing it. If you see this error intermittently, retry the request.';
  const body = { type: 'invalid_request_error', code: 'lock_timeout', message };
  return new StripeFault(429, body, false, { 'Stripe-Should-Retry': 'true' });
}

/** Converts a fault to the body of an answer. */
export function errorAnswer(fault: StripeFault, requestId: string): JsonObject {
  const log = `https://dashboard.stripe.com/test/logs/${requestId}`;
  return { error: { ...fault.body, request_log_url: log } };
}

function bodyOf(message: string, { code, param }: Details): ErrorBody {
  return {
    type: 'invalid_request_error',
    message,
    ...(code && {
      code,
      doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
    }),
    ...(param && { param }),
  };
}
