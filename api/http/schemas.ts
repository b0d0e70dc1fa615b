import { z } from '@hono/zod-openapi';
import {
  type ApiKeyId,
  isApiKeyId,
  isPayoutId,
  isSellerId,
  type PayoutId,
  type SellerId,
  sellerIdPattern,
} from '../../domain/ids.ts';
import { largestAmount } from '../../domain/money.ts';
import { countries, currencies, isCountry, isCurrency } from './currencies.ts';
import { problemKinds } from './problems.ts';

/** The rule of a field that is given; `sayRule` says that a missing field is required. */
export function ifGiven(rule: string) {
  return ({ input }: { input?: unknown }) => (input === undefined ? undefined : rule);
}

/** A currency that Stripe moves. */
export const Currency = z
  .string()
  .refine(isCurrency, 'must be a currency that Stripe moves, in lower case, as eur')
  .openapi('Currency', { enum: currencies, example: 'eur' });

/** A country with such a currency. */
export const Country = z
  .string()
  .refine(isCountry, 'must be an ISO 3166-1 country in upper case, as DE')
  .openapi('Country', { enum: countries, example: 'DE' });

/** An amount that a caller gives: a positive whole number of minor units. */
export const Amount = z
  .int({ error: ifGiven('must be a whole number of minor units') })
  .min(1, 'must be at least 1')
  .max(largestAmount, `must be at most ${largestAmount}`)
  .openapi({ description: 'Whole minor units: cents, yen, fils', example: 10_00 });

/** An amount with its currency, as answers contain it. */
export const Money = z
  .object({ amount: z.int(), currency: z.string() })
  .openapi('Money', { description: 'Whole minor units with their currency' });

/** An instant as answers give it: RFC 3339, UTC. */
export const Instant = z.string().openapi({ format: 'date-time' });

const earliest = Date.UTC(2000, 0, 1);
const latest = Date.UTC(2200, 0, 1);

/** An instant as a caller gives it, with its offset, within the years that a database can hold. */
export const GivenInstant = z.iso
  .datetime({
    offset: true,
    error: ifGiven('must be an instant with its offset, as 2026-11-23T09:00:00Z'),
  })
  .refine((text) => {
    const time = Date.parse(text);
    return time >= earliest && time < latest;
  }, 'must be between the years 2000 and 2200')
  .openapi({ format: 'date-time', example: '2026-11-23T09:00:00Z' });

/** A text that a database can hold: no NUL and no half of a character. */
export function text(longest: number) {
  return z
    .string()
    .min(1, 'must not be empty')
    .max(longest, `must have at most ${longest} characters`)
    .refine(isStorable, 'must hold no NUL and no broken character');
}

/** The platform's own id for an object. */
export const ExternalId = text(255).openapi({ example: 'order-1001' });

/** The platform's own fields of an object; the engine stores but never interprets them. */
export const Metadata = z
  .custom<object>((value) => !hasPrototypeField(value), 'must not have the name __proto__')
  .pipe(
    z.record(
      z.string().regex(/^[\w.-]{1,40}$/, 'must have a name of 1 to 40 letters, digits, _, . or -'),
      text(500),
    ),
  )
  .refine((metadata) => Object.keys(metadata).length <= 50, 'must have at most 50 names')
  .openapi({ type: 'object', additionalProperties: { type: 'string' } });

/** The path of one seller. */
export const SellerParams = z.object({
  sellerId: z
    .custom<SellerId>((id) => typeof id === 'string' && isSellerId(id))
    .openapi({ type: 'string', param: { name: 'sellerId', in: 'path' } }),
});

/** An optional seller id: a filter, or the id of a seller that a backup lost. */
export const SellerFilter = z
  .custom<SellerId>((id) => typeof id === 'string' && isSellerId(id), 'must be the id of a seller')
  .optional()
  .openapi({ type: 'string', pattern: sellerIdPattern.source });

/** The path of one payout. */
export const PayoutParams = z.object({
  payoutId: z
    .custom<PayoutId>((id) => typeof id === 'string' && isPayoutId(id))
    .openapi({ type: 'string', param: { name: 'payoutId', in: 'path' } }),
});

/** The path of one API key. */
export const ApiKeyParams = z.object({
  keyId: z
    .custom<ApiKeyId>((id) => typeof id === 'string' && isApiKeyId(id))
    .openapi({ type: 'string', param: { name: 'keyId', in: 'path' } }),
});

/** The header that makes a repeated command have no second effect. */
export const CommandHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/)
    .openapi({
      description: 'Use one key for each command. Keys are kept forever and shared by all API keys',
    }),
});

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
      })
      .optional()
      .openapi({ description: 'Everything that prevents a seller from being closed' }),
  })
  .openapi('Problem');

/** A JSON body of an answer. */
export function answer<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

/** A JSON body of a request; it is optional if `{}` is valid and means the same. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  const { data } = schema.safeParse({});
  return { required: JSON.stringify(data) !== '{}', content: { 'application/json': { schema } } };
}

function isStorable(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0');
}

/** True if zod would silently drop a field. */
function hasPrototypeField(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__');
}
