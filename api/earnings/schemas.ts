import { z } from '@hono/zod-openapi';
import { type EarningId, isEarningId } from '../../domain/ids.ts';
import { payoutStatuses } from '../../domain/payouts/states.ts';
import * as schemas from '../http/schemas.ts';

/** The largest number of earnings in one request. Its transaction takes well under a second. */
const largestBatch = 1000;

/** The id of a charge, in requests. */
export const ChargeId = z
  .string()
  .regex(/^(ch|py)_[A-Za-z0-9_]{1,200}$/, 'must be the id of a charge, ch_ or py_');

/** An earning as the platform posts it. */
export const NewEarningBody = z
  .strictObject({
    externalId: schemas.ExternalId.optional(),
    amount: schemas.Amount,
    currency: schemas.Currency,
    charge: ChargeId.optional().openapi({
      description:
        'The charge that brought the money. The earning becomes payable when Stripe makes the money of the charge available. What the charge does not cover is held: money that was refunded or disputed, money that other earnings with the same charge get, and everything if the charge pays the seller by itself',
    }),
    availableOn: schemas.GivenInstant.optional().openapi({
      description:
        'When the earning becomes payable. Without this field and without a charge, the earning is payable immediately',
    }),
    description: schemas.text(1000).optional(),
  })
  .refine((earning) => earning.charge === undefined || earning.availableOn === undefined, {
    path: ['availableOn'],
    error: 'must be absent with a charge, because the charge determines when its money is payable',
  })
  .openapi('NewEarning');

/** An earning, as requests that create it answer. */
export const Earning = z
  .object({
    id: z.string(),
    sellerId: z.string(),
    externalId: z.string().nullable(),
    amount: z.int().openapi({ description: 'In minor units. 0 after a withdrawal' }),
    currency: z.string(),
    charge: z.string().nullable(),
    availableOn: schemas.Instant.nullable().openapi({
      description:
        'When the earning becomes payable. Null until Stripe reports when the money of the charge becomes available',
    }),
    description: z.string().nullable(),
    allocated: z
      .int()
      .openapi({ description: 'How much of this earning is already in payouts, in minor units' }),
    held: z.int().openapi({
      description:
        'How much of this earning is held because its charge does not cover it, in minor units. The holds of the seller say why',
    }),
    withdrawnAt: schemas.Instant.nullable().openapi({
      description: 'When the platform withdrew the earning. It is not owed any more',
    }),
    createdAt: schemas.Instant,
  })
  .openapi('Earning');

/** An earning with its payouts and its changes. */
export const EarningDetails = z
  .object({
    ...Earning.shape,
    payouts: z
      .array(
        z.object({
          payoutId: z.string(),
          status: z.enum(payoutStatuses),
          amount: z.int().openapi({ description: 'The part of the earning in this payout' }),
          releasedAt: schemas.Instant.nullable().openapi({
            description: 'When the payout ended without paying this part. Null otherwise',
          }),
        }),
      )
      .openapi({ description: 'The last 20 payouts of the earning, newest first' }),
    changes: z
      .array(
        z.object({
          at: schemas.Instant,
          by: z.string().openapi({ description: 'The id of the API key that changed the earning' }),
          reason: z.string(),
          amountBefore: z.int(),
          amountAfter: z.int(),
          chargeBefore: z.string().nullable(),
          chargeAfter: z.string().nullable(),
        }),
      )
      .openapi({ description: 'The last 20 corrections and the withdrawal, newest first' }),
  })
  .openapi('EarningDetails');

/** The path parameters of one earning. */
export const EarningParams = z.object({
  earningId: z
    .custom<EarningId>((id) => typeof id === 'string' && isEarningId(id))
    .openapi({ type: 'string', param: { name: 'earningId', in: 'path' } }),
});

/** Many earnings as the platform posts them. */
export const BatchBody = z
  .strictObject({
    earnings: z
      .array(NewEarningBody)
      .min(1, 'must have at least one')
      .max(largestBatch, `must have at most ${largestBatch}`)
      .refine(haveOwnNames, 'must not contain the same externalId twice'),
  })
  .openapi('NewEarnings');

/** One of many recorded earnings. */
export const Recorded = z
  .object({
    id: z.string(),
    externalId: z.string().nullable(),
    isNew: z
      .boolean()
      .openapi({ description: '`false` if the earning already existed under its externalId' }),
    withdrawnAt: schemas.Instant.nullable().openapi({
      description: 'When the platform withdrew the earning. It is not owed any more',
    }),
    held: z.int().openapi({
      description:
        'How much of this earning is held because its charge does not cover it, in minor units',
    }),
  })
  .openapi('RecordedEarning');

function haveOwnNames(earnings: readonly { externalId?: string | undefined }[]): boolean {
  const names = earnings.flatMap(({ externalId }) => externalId ?? []);
  return new Set(names).size === names.length;
}
