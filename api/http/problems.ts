/** Every way in which a request can be refused. A kind is permanent: callers branch on it. */
export const problemKinds = {
  'bad-json': { status: 400, title: 'The body is not JSON' },
  'body-cut-off': { status: 400, title: 'The body ended too early' },
  'invalid-request': { status: 400, title: 'The request breaks a rule' },
  'idempotency-key-missing': { status: 400, title: 'A valid Idempotency-Key header is required' },
  'webhook-signature': { status: 400, title: 'The signature does not match' },
  'webhook-too-old': { status: 400, title: 'The signature is too old' },
  'webhook-unreadable': { status: 400, title: 'The event cannot be read' },
  'webhook-livemode': { status: 400, title: 'The event is of the other mode, live or test' },
  unauthenticated: { status: 401, title: 'A valid API key is required' },
  forbidden: { status: 403, title: 'This API key may only read' },
  'unknown-path': { status: 404, title: 'There is nothing at this path' },
  'unknown-seller': { status: 404, title: 'There is no such seller' },
  'unknown-payout': { status: 404, title: 'There is no such payout' },
  'unknown-bank-account': { status: 404, title: 'There is no such bank account' },
  'unknown-discrepancy': { status: 404, title: 'There is no such discrepancy' },
  'unknown-attention-list': { status: 404, title: 'There is no such list' },
  'unknown-hold': { status: 404, title: 'There is no such hold' },
  'unknown-event': { status: 404, title: 'There is no such event' },
  'unknown-api-key': { status: 404, title: 'There is no such API key' },
  'method-not-allowed': { status: 405, title: 'This path does not take this method' },
  'external-id-taken': { status: 409, title: 'This externalId names something else already' },
  'seller-id-taken': { status: 409, title: 'This id or externalId names a seller already' },
  'command-running': { status: 409, title: 'The first request with this key still runs' },
  'seller-closed': { status: 409, title: 'This seller is closed' },
  'seller-not-settled': { status: 409, title: 'Something of this seller is still open' },
  'discrepancy-closed': { status: 409, title: 'This discrepancy is closed already' },
  'hold-not-active': { status: 409, title: 'This hold holds nothing any more' },
  'payout-not-cancelable': { status: 409, title: 'This payout cannot be called off now' },
  'seller-not-parked': { status: 409, title: 'This seller waits for no such decision' },
  'account-not-created': { status: 409, title: 'This seller has no account at Stripe yet' },
  'stripe-refused': { status: 409, title: 'Stripe refused this' },
  'api-key-in-use': { status: 409, title: 'This API key is the one that asks' },
  'payout-not-parked': { status: 409, title: 'This payout waits for no such decision' },
  'clock-moves-forward': { status: 409, title: 'The clock only moves forward' },
  'bank-account-not-cooling': { status: 409, title: 'Payouts may go to this bank account already' },
  'recovery-open': { status: 409, title: 'Stripe knows of money that this database does not' },
  'unknown-adoption': { status: 404, title: 'Nothing of this id is to be adopted' },
  'request-in-flight': { status: 409, title: 'A request to Stripe is not answered yet' },
  'attention-list-run': { status: 409, title: 'This list was run under another key' },
  'attention-list-expired': { status: 410, title: 'This list was shown too long ago' },
  'unknown-cursor': { status: 410, title: 'Nothing stands at this cursor any more' },
  'body-too-large': { status: 413, title: 'The body is larger than 1 MiB' },
  'not-json': { status: 415, title: 'The body must be application/json' },
  'idempotency-key-reused': { status: 422, title: 'This key belongs to another request' },
  internal: { status: 500, title: 'Something broke here' },
  'stripe-unavailable': { status: 503, title: 'Stripe cannot be asked right now' },
  unavailable: { status: 503, title: 'The engine cannot work right now' },
} as const;

/** The last part of a problem's `type`, `/problems/<kind>`. */
export type ProblemKind = keyof typeof problemKinds;

/** A field and the rule it broke. */
export type BrokenRule = { in: 'body' | 'query' | 'header'; pointer: string; rule: string };

type Extra = {
  errors?: BrokenRule[];
  headers?: Record<string, string>;
  /** What keeps a seller from being closed. */
  open?: Record<string, unknown[]>;
};

/** Thrown wherever a request is refused; becomes an RFC 9457 answer in one place. */
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

/** The problem of a request in which one field breaks one rule. */
export function brokenRule(
  where: BrokenRule['in'],
  path: readonly PropertyKey[],
  rule: string,
): Problem {
  const pointer = toPointer(path);
  return invalidRequest([{ in: where, pointer, rule }]);
}

/** The problem of a request that breaks rules; its detail is the first of them. */
export function invalidRequest(errors: BrokenRule[]): Problem {
  const [first] = errors;
  const detail = first ? `${first.pointer || 'The body'}: ${first.rule}` : 'See errors';
  return new Problem('invalid-request', detail, { errors });
}

/** RFC 6901, of bounded length: names of unknown fields are the caller's. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).slice(0, 60).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** The answer for a problem: `application/problem+json` as RFC 9457 has it. */
export function problemResponse(
  problem: Problem,
  { requestId, path }: { requestId: string; path: string },
): Response {
  const { status, title } = problemKinds[problem.kind];
  const { errors, headers, open } = problem.extra;
  const body = {
    type: `/problems/${problem.kind}`,
    title,
    status,
    detail: problem.message,
    instance: path.slice(0, 200),
    requestId,
    ...(errors && { errors }),
    ...(open && { open }),
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
