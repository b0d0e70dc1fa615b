import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import {
  type BrokenRule,
  invalidRequest,
  Problem,
  type ProblemKind,
  toPointer,
} from './problems.ts';

type Issue = z.core.$ZodIssue;
type Target = 'json' | 'form' | 'query' | 'param' | 'header' | 'cookie';

// The validator of a route passes no options to zod, so these texts are set for the whole process.
z.config({ customError: sayRule });

/** The largest number of broken rules that an answer lists. */
const mostErrors = 20;

/**
 * Throws the problem of a request that does not match its schema. A malformed id in a path is an
 * unknown id.
 */
export function refuseInvalid(
  result: { target: Target } & ({ success: true } | { success: false; error: z.ZodError }),
): void {
  if (result.success) return;
  const { issues } = result.error;
  if (result.target === 'param') throw unknownThing(issues);
  if (result.target === 'header') throw missingOrBadKey(issues);
  const where = result.target === 'query' ? 'query' : 'body';
  const broken = issues.flatMap((issue) => brokenRules(issue, where));
  throw invalidRequest(firstOfEach(broken).slice(0, mostErrors));
}

/** Converts any error of a request to the problem that the caller sees. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HTTPException) return fromFramework(error);
  if (lostRace(error)) {
    const headers = { 'retry-after': '1' };
    return new Problem(
      'unavailable',
      'Too many requests changed the same rows. Nothing changed. Try again',
      { headers },
    );
  }
  if (isCutOff(error)) {
    return new Problem(
      'body-cut-off',
      'The connection closed before the whole body arrived. Nothing changed',
    );
  }
  if (isDatabaseAway(error)) {
    const headers = { 'retry-after': '5' };
    return new Problem(
      'unavailable',
      'The database does not answer. Try again with the same Idempotency-Key',
      { headers },
    );
  }
  return new Problem(
    'internal',
    'The engine failed, and it is unknown whether anything changed. Send the request again with the same Idempotency-Key. The log contains the requestId',
  );
}

function fromFramework({ status }: HTTPException): Problem {
  if (status === 415) return new Problem('not-json', 'Send Content-Type: application/json');
  if (status === 400) return new Problem('bad-json', 'The body could not be parsed as JSON');
  return new Problem(
    'internal',
    'The engine failed, and it is unknown whether anything changed. Send the request again with the same Idempotency-Key. The log contains the requestId',
  );
}

const unknownByParam: Record<string, [ProblemKind, string]> = {
  sellerId: ['unknown-seller', 'No seller has this id'],
  payoutId: ['unknown-payout', 'No payout has this id'],
  keyId: ['unknown-api-key', 'No API key has this id'],
  token: ['unknown-attention-list', 'No preview returned this token'],
  holdId: ['unknown-hold', 'No hold has this id'],
  bankAccountId: ['unknown-bank-account', 'The seller never had this bank account'],
  eventId: ['unknown-event', 'No event has this id'],
  discrepancyId: ['unknown-discrepancy', 'No discrepancy has this id'],
  startId: ['unknown-loss', 'No start of PostgreSQL with this id may have lost anything'],
};

function unknownThing(issues: readonly Issue[]): Problem {
  const [kind, detail] = unknownByParam[String(issues[0]?.path[0])] ?? [
    'unknown-path' as const,
    'Nothing exists at this path',
  ];
  return new Problem(kind, detail);
}

/** The only header that a schema asks for is the Idempotency-Key. */
function missingOrBadKey(issues: readonly Issue[]): Problem {
  const isMissing = issues.some(({ code }) => code === 'invalid_type');
  const rule = isMissing
    ? 'is required'
    : 'must be 1 to 255 printable ASCII characters without a comma; two headers count as one with a comma';
  const pointer = '/idempotency-key';
  const errors: BrokenRule[] = issues.map(() => ({ in: 'header', pointer, rule }));
  const kind = isMissing ? 'idempotency-key-missing' : 'idempotency-key-invalid';
  return new Problem(kind, `Idempotency-Key ${rule}. Nothing changed`, { errors });
}

/** Converts what a schema found wrong in a part of a request. */
export function brokenRules(issue: Issue, where: BrokenRule['in']): BrokenRule[] {
  const pointer = toPointer(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      in: where,
      pointer: `${pointer}${toPointer([key])}`,
      rule: 'is not a field of this request',
    }));
  }
  return [{ in: where, pointer, rule: issue.message }];
}

/** Keeps the first broken rule of each field, because the others often follow from it. */
function firstOfEach(broken: readonly BrokenRule[]): BrokenRule[] {
  return [
    ...new Map(broken.toReversed().map((error) => [error.pointer, error])).values(),
  ].toReversed();
}

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const units: Record<string, string> = { string: ' characters long', array: ' items long' };

/** Describes the rule that a value broke, for schemas without a text of their own. */
function sayRule(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required';
      return `must be ${kinds[issue.expected] ?? 'of another type'}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'must have another name';
    case 'too_small':
      return `must be at least ${issue.minimum}${units[issue.origin] ?? ''}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${units[issue.origin] ?? ''}`;
    case 'invalid_format':
      return 'must have another format';
    default:
      return 'must have another value';
  }
}

/** True for a deadlock or a lock timeout. The database rolled the transaction back. */
function lostRace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(40\w{3}|55P03)$/.test(String(error.code));
}

/**
 * True if the caller closed the connection. The code is not enough, because a connection to
 * PostgreSQL can fail with the same code.
 */
function isCutOff(error: unknown): boolean {
  if (!(error instanceof Error) || error.message !== 'aborted') return false;
  return 'code' in error && error.code === 'ECONNRESET';
}

/**
 * True if the connection to PostgreSQL was refused or lost, or the server is starting or stopping.
 */
function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    /^(ECONN\w+|EPIPE|ENOTFOUND|ETIMEDOUT|08\w{3}|57P0[1-3]|53\w{3})$/.test(code) ||
    /Connection terminated|not queryable|timeout exceeded when trying to connect/.test(
      error.message,
    )
  );
}
