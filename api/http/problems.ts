/**
 * Every kind of refusal with its HTTP status and title. Kinds are permanent, because callers depend
 * on them.
 */
export const problemKinds = {
  'bad-json': { status: 400, title: 'The body is not JSON' },
  'body-cut-off': { status: 400, title: 'The body is incomplete' },
  'invalid-request': { status: 400, title: 'The request breaks a rule' },
  'idempotency-key-missing': { status: 400, title: 'An Idempotency-Key header is required' },
  'idempotency-key-invalid': { status: 400, title: 'This Idempotency-Key cannot be used' },
  'webhook-signature': { status: 400, title: 'The signature does not match' },
  'webhook-too-old': { status: 400, title: 'The signature is too old' },
  'webhook-unreadable': { status: 400, title: 'The event cannot be read' },
  'webhook-livemode': { status: 400, title: 'The event is in the wrong mode, live or test' },
  unauthenticated: { status: 401, title: 'A valid API key is required' },
  forbidden: { status: 403, title: 'This API key does not allow this request' },
  'unknown-path': { status: 404, title: 'Nothing exists at this path' },
  'unknown-seller': { status: 404, title: 'There is no such seller' },
  'unknown-payout': { status: 404, title: 'There is no such payout' },
  'unknown-bank-account': { status: 404, title: 'There is no such bank account' },
  'unknown-discrepancy': { status: 404, title: 'There is no such discrepancy' },
  'unknown-attention-list': { status: 404, title: 'There is no such list' },
  'unknown-earning': { status: 404, title: 'There is no such earning' },
  'unknown-hold': { status: 404, title: 'There is no such hold' },
  'unknown-event': { status: 404, title: 'There is no such event' },
  'unknown-api-key': { status: 404, title: 'There is no such API key' },
  'method-not-allowed': { status: 405, title: 'This path does not accept this method' },
  'external-id-taken': { status: 409, title: 'This externalId is already taken' },
  'seller-id-taken': { status: 409, title: 'This id or externalId already belongs to a seller' },
  'command-running': {
    status: 409,
    title: 'The first request with this Idempotency-Key is still running',
  },
  'no-route': { status: 409, title: 'Sellers in this country cannot be paid' },
  'seller-closed': { status: 409, title: 'This seller is closed' },
  'seller-not-settled': { status: 409, title: 'This seller still has money, payouts or holds' },
  'discrepancy-closed': { status: 409, title: 'This discrepancy is already closed' },
  'unknown-charge': { status: 409, title: 'Stripe does not have the charge of this earning' },
  'charge-failed': { status: 409, title: 'The charge of this earning failed' },
  'earning-not-changeable': { status: 409, title: 'This earning cannot be changed like this' },
  'outcome-needed': {
    status: 409,
    title: 'A person must say what the money of this discrepancy was for',
  },
  'discrepancy-not-closable': { status: 409, title: 'This discrepancy cannot be closed like this' },
  'hold-not-active': { status: 409, title: 'This hold is no longer active' },
  'found-at-stripe': { status: 409, title: 'Stripe has something that speaks against this' },
  'payout-not-cancelable': { status: 409, title: 'This payout cannot be canceled now' },
  'payout-not-with-seller': {
    status: 409,
    title: 'This payout cannot end as left with the seller',
  },
  'not-paid-elsewhere': { status: 409, title: 'This payout cannot end as paid elsewhere' },
  'not-returned': { status: 409, title: 'This payout cannot be returned by a person' },
  'seller-not-parked': { status: 409, title: 'This seller does not wait for this decision' },
  'account-not-created': { status: 409, title: 'This seller has no account at Stripe yet' },
  'stripe-refused': { status: 409, title: 'Stripe refused this' },
  'api-key-in-use': { status: 409, title: 'An API key cannot revoke itself' },
  'payout-not-parked': { status: 409, title: 'This payout does not wait for this decision' },
  'clock-moves-forward': { status: 409, title: 'The clock only moves forward' },
  'bank-account-not-cooling': { status: 409, title: 'This bank account has no cooling period' },
  'recovery-open': { status: 409, title: 'Stripe moved money that this database does not know' },
  'money-stop-not-named': { status: 409, title: 'The request must name the stop to lift' },
  'money-stop-lifted': { status: 409, title: 'This stop of all money is no longer open' },
  'seller-pause-not-named': { status: 409, title: 'The request must name the pause to lift' },
  'seller-pause-lifted': { status: 409, title: 'This pause of the seller is no longer open' },
  'unknown-seller-pause': { status: 404, title: 'The seller has no such pause' },
  'unknown-money-stop': { status: 404, title: 'There is no such stop of all money' },
  'unknown-loss': { status: 404, title: 'No such start of PostgreSQL may have lost anything' },
  'unknown-adoption': { status: 404, title: 'No lost transfer or payout has this id' },
  'request-in-flight': { status: 409, title: 'Stripe has not answered a request yet' },
  'attention-list-run': { status: 409, title: 'This list was run under another Idempotency-Key' },
  'attention-list-expired': { status: 410, title: 'This preview has expired' },
  'unknown-cursor': { status: 410, title: 'This cursor is no longer valid' },
  'body-too-large': { status: 413, title: 'The body is larger than 1 MiB' },
  'not-json': { status: 415, title: 'The body must be application/json' },
  'idempotency-key-reused': {
    status: 422,
    title: 'This Idempotency-Key belongs to another request',
  },
  internal: { status: 500, title: 'The engine failed' },
  'stripe-unavailable': { status: 503, title: 'Stripe cannot answer right now' },
  unavailable: { status: 503, title: 'The engine cannot answer right now' },
} as const;

/** The last part of a problem's `type`, `/problems/<kind>`. */
export type ProblemKind = keyof typeof problemKinds;

/** A rule that a request breaks. `pointer` is the RFC 6901 pointer to the field. */
export type BrokenRule = { in: 'body' | 'query' | 'header'; pointer: string; rule: string };

type Extra = {
  errors?: BrokenRule[];
  headers?: Record<string, string>;
  /** Everything that prevents a seller from being closed. */
  open?: Record<string, unknown[]>;
  /** The requests that end what prevents the command. */
  commands?: unknown[];
  /** The open stops of all money, one of which a request must name. */
  stops?: unknown[];
  /** The open pauses of a seller, one of which a request must name. */
  pauses?: unknown[];
};

/** A refusal. Routes throw it, and `app.ts` turns it into an RFC 9457 answer. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly extra: Extra;

  constructor(kind: ProblemKind, detail: string, extra: Extra = {}) {
    super(detail);
    this.name = 'Problem';
    this.kind = kind;
    this.extra = extra;
  }
}

/** Creates the problem of a request in which one field breaks one rule. */
export function brokenRule(
  where: BrokenRule['in'],
  path: readonly PropertyKey[],
  rule: string,
): Problem {
  const pointer = toPointer(path);
  return invalidRequest([{ in: where, pointer, rule }]);
}

/** Creates the problem of a request that breaks rules. Its detail names the first of them. */
export function invalidRequest(errors: BrokenRule[]): Problem {
  const [first] = errors;
  const detail = first ? `${first.pointer || 'The body'}: ${first.rule}` : 'See errors';
  return new Problem('invalid-request', detail, { errors });
}

/**
 * Formats a path as an RFC 6901 pointer. Each name is cut to 60 characters, because callers choose
 * field names.
 */
export function toPointer(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).slice(0, 60).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** Creates the `application/problem+json` answer of a problem (RFC 9457). */
export function problemResponse(
  problem: Problem,
  { requestId, path }: { requestId: string; path: string },
): Response {
  const { status, title } = problemKinds[problem.kind];
  const { errors, headers, open, commands, stops, pauses } = problem.extra;
  const body = {
    type: `/problems/${problem.kind}`,
    title,
    status,
    detail: problem.message,
    instance: path.slice(0, 200),
    requestId,
    ...(errors && { errors }),
    ...(open && { open }),
    ...(commands && { commands }),
    ...(stops && { stops }),
    ...(pauses && { pauses }),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...headers,
    },
  });
}
