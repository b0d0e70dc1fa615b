import { z } from '@hono/zod-openapi';
import {
  type ApiKeyId,
  isApiKeyId,
  isPayoutId,
  isPostgresStartId,
  isSellerId,
  type PayoutId,
  type PostgresStartId,
  type SellerId,
  sellerIdPattern,
} from '../../domain/ids.ts';
import { type CommandKind } from '../../domain/commands/kinds.ts';
import { stateObjects } from '../../domain/commands/replays.ts';
import { largestAmount } from '../../domain/money.ts';
import { countries, currencies, isCountry, isCurrency } from '../../domain/routing/currencies.ts';
import { problemKinds } from './problems.ts';

/**
 * Makes an error text for a field that is present but breaks this rule. `sayRule` reports missing
 * fields.
 */
export function ifGiven(rule: string) {
  return ({ input }: { input?: unknown }) => (input === undefined ? undefined : rule);
}

/** A currency that Stripe moves. */
export const Currency = z
  .string()
  .refine(isCurrency, 'must be a currency that Stripe supports, in lower case, such as eur')
  .openapi('Currency', { enum: currencies, example: 'eur' });

/** A country that uses a currency that Stripe moves. */
export const Country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code in upper case, such as DE')
  .refine(isCountry, 'must be a country whose currency Stripe supports')
  .openapi('Country', { enum: countries, example: 'DE' });

/** An amount in a request: a positive whole number of minor units. */
export const Amount = z
  .int({ error: ifGiven('must be a whole number of minor units') })
  .min(1, 'must be at least 1')
  .max(largestAmount, `must be at most ${largestAmount}`)
  .openapi({ description: 'A whole number of minor units, such as cents or yen', example: 10_00 });

/** An amount with its currency, in answers. */
export const Money = z
  .object({ amount: z.int(), currency: z.string() })
  .openapi('Money', { description: 'A whole number of minor units with its currency' });

/** An instant in answers: RFC 3339, UTC. */
export const Instant = z.string().openapi({ format: 'date-time' });

/** A day without a time in answers, such as `2026-12-01`. */
export const Day = z.string().openapi({ format: 'date' });

const earliest = Date.UTC(2000, 0, 1);
const latest = Date.UTC(2200, 0, 1);

/** An instant in requests: RFC 3339 with an offset, between the years 2000 and 2200. */
export const GivenInstant = z.iso
  .datetime({
    offset: true,
    error: ifGiven('must be an instant with its offset, such as 2026-11-23T09:00:00Z'),
  })
  .refine((text) => {
    const time = Date.parse(text);
    return time >= earliest && time < latest;
  }, 'must be between the years 2000 and 2200')
  .openapi({ format: 'date-time', example: '2026-11-23T09:00:00Z' });

/** A text that PostgreSQL can store: no NUL character and no unpaired surrogate. */
function storable(longest: number) {
  return z
    .string()
    .min(1, 'must not be empty')
    .max(longest, `must have at most ${longest} characters`)
    .refine(isStorable, 'must not contain a NUL character or an unpaired surrogate');
}

/** A text for people. It is shown to others, so it may not be blank or change how they read it. */
export function text(longest: number) {
  return storable(longest)
    .refine((given) => /[^\p{Z}\p{C}]/u.test(given), 'must have a visible character')
    .refine(
      (given) => !hidden.test(given),
      'must not contain control characters, except tabs and line breaks, or marks that change the direction of text',
    );
}

const hidden = /(?![\t\r\n])[\p{Cc}\u202A-\u202E\u2066-\u2069]/u;

/** The platform's own id for an object. */
export const ExternalId = text(255).openapi({ example: 'order-1001' });

/** The platform's own fields of an object. The engine stores them and never interprets them. */
export const Metadata = z
  .custom<object>((value) => !hasPrototypeField(value), 'must not have the name __proto__')
  .pipe(
    z.record(
      z.string().regex(/^[\w.-]{1,40}$/, 'must have a name of 1 to 40 letters, digits, _, . or -'),
      storable(500),
    ),
  )
  .refine((metadata) => Object.keys(metadata).length <= 50, 'must have at most 50 names')
  .openapi({ type: 'object', additionalProperties: { type: 'string' } });

/** The path parameters of one seller. */
export const SellerParams = z.object({
  sellerId: z
    .custom<SellerId>((id) => typeof id === 'string' && isSellerId(id))
    .openapi({ type: 'string', param: { name: 'sellerId', in: 'path' } }),
});

/** An optional seller id: a filter, or the old id of a seller that a restored backup lost. */
export const SellerFilter = z
  .custom<SellerId>((id) => typeof id === 'string' && isSellerId(id), 'must be the id of a seller')
  .optional()
  .openapi({ type: 'string', pattern: sellerIdPattern.source });

/** What people call a seller. */
export const SellerNames = z
  .object({ externalId: z.string().nullable(), displayName: z.string().nullable() })
  .openapi('SellerNames');

/** What a seller knows a bank account by. */
export const bankNames = {
  bankName: z
    .string()
    .nullable()
    .openapi({ description: 'The name of the bank, as Stripe knows it' }),
  last4: z.string().nullable().openapi({ description: 'The last digits of the account number' }),
};

/** The path parameters of one payout. */
export const PayoutParams = z.object({
  payoutId: z
    .custom<PayoutId>((id) => typeof id === 'string' && isPayoutId(id))
    .openapi({ type: 'string', param: { name: 'payoutId', in: 'path' } }),
});

/** The path parameters of one API key. */
export const ApiKeyParams = z.object({
  keyId: z
    .custom<ApiKeyId>((id) => typeof id === 'string' && isApiKeyId(id))
    .openapi({ type: 'string', param: { name: 'keyId', in: 'path' } }),
});

/** The path parameters of one start of PostgreSQL. */
export const PostgresStartParams = z.object({
  startId: z
    .custom<PostgresStartId>((id) => typeof id === 'string' && isPostgresStartId(id))
    .openapi({ type: 'string', param: { name: 'startId', in: 'path' } }),
});

/**
 * The header that every command requires, so that a repeated command has no second effect. A comma
 * is refused, because two headers arrive as one with a comma, and nobody knows which one was meant.
 */
export const CommandHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x2b\x2d-\x7e]{1,255}$/)
    .openapi({
      description:
        'Use a new key for each command. Keys are kept forever, and all API keys share them. Printable ASCII characters without a comma',
    }),
});

const Replayed = z
  .object({
    at: Instant.openapi({ description: 'When the command acted' }),
    actedAgain: z.boolean().openapi({
      description:
        'True if the effect of a brake had been undone, so that the command acted again just now',
    }),
    now: z.object({ object: z.enum(stateObjects), id: z.string(), state: z.string() }).openapi({
      description: 'The state of the object of the command at the time of this answer',
    }),
    says: z.string(),
  })
  .openapi('Replayed', {
    description:
      'Present only if the Idempotency-Key was used before. Unless `actedAgain` is true, the other fields show the time `at`',
  });

const withReplays = new Map<string, z.ZodObject>();

/** Adds `replayed` to the schema of the answer to a command. */
export function withReplay(schema: z.ZodObject, command: CommandKind): z.ZodObject {
  const name = `${command}-answer`.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) =>
    letter.toUpperCase(),
  );
  const known = withReplays.get(name);
  if (known) return known;
  const replayable = z.object({ replayed: Replayed.optional(), ...schema.shape }).openapi(name);
  withReplays.set(name, replayable);
  return replayable;
}

/** The schema of every refusal (RFC 9457). */
export const ProblemBody = z
  .object({
    type: z
      .string()
      .openapi({ enum: Object.keys(problemKinds).map((kind) => `/problems/${kind}`) }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ in: z.string(), pointer: z.string(), rule: z.string() })).optional(),
    open: z
      .object({
        money: z.array(z.object({ place: z.string(), currency: z.string(), amount: z.int() })),
        payouts: z.array(z.string()),
        watches: z.array(z.string()),
        holds: z.array(z.string()),
        earnings: z
          .array(z.string())
          .openapi({ description: 'The 20 oldest earnings that no payout contains entirely' }),
      })
      .optional()
      .openapi({ description: 'Everything that prevents a seller from being closed' }),
    commands: z
      .array(
        z.object({
          method: z.literal('POST'),
          path: z.string(),
          body: z.record(z.string(), z.string()),
          when: z.string(),
        }),
      )
      .optional()
      .openapi({ description: 'The requests that end what prevents the command' }),
    stops: z
      .array(
        z
          .object({ id: z.string(), cause: z.string(), reason: z.string(), ask: z.string() })
          .loose(),
      )
      .optional()
      .openapi({ description: 'The open stops of all money, one of which the request must name' }),
    pauses: z
      .array(z.object({ id: z.string(), reason: z.string(), ask: z.string() }).loose())
      .optional()
      .openapi({
        description: 'The open pauses of the seller, one of which the request must name',
      }),
  })
  .openapi('Problem');

/** Describes the JSON body of an answer. */
export function answer<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

/**
 * Describes the JSON body of a request. The body is optional if `{}` is valid and means the same.
 */
export function body<Schema extends z.ZodType>(schema: Schema) {
  const { data } = schema.safeParse({});
  return { required: JSON.stringify(data) !== '{}', content: { 'application/json': { schema } } };
}

function isStorable(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0');
}

/** True for a value with a `__proto__` field, which zod would silently drop. */
function hasPrototypeField(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__');
}
