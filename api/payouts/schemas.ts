import { z } from '@hono/zod-openapi';
import type { AttemptRecord, PayoutRecord } from '../../domain/explanations/facts.ts';
import {
  cancellationOf,
  failedOf,
  parkedOf,
  skippedOf,
  waitingOf,
} from '../../domain/explanations/payout-words.ts';
import { putOffWaits } from '../../domain/explanations/put-off.ts';
import { places } from '../../domain/ledger.ts';
import { money } from '../../domain/money.ts';
import { payoutStatuses } from '../../domain/payouts/states.ts';
import { waitNames } from '../../domain/waits.ts';
import * as schemas from '../http/schemas.ts';
import { ResolvingCommand } from '../waits.ts';

const MaybeInstant = schemas.Instant.nullable();

/** A payout as the API tells it. */
export const Payout = z
  .object({
    id: z.string(),
    sellerId: z.string(),
    currency: z.string(),
    status: z.enum(payoutStatuses),
    requested: z.union([schemas.Money, z.null()]),
    fromPlatform: schemas.Money.openapi({ description: 'The part that is transferred first' }),
    fromAccount: schemas.Money.openapi({ description: 'The part at the account already' }),
    total: schemas.Money,
    stripeAccount: z.string().nullable(),
    transferId: z.string().nullable(),
    stripePayoutId: z.string().nullable(),
    waitingFor: z.string().nullable(),
    waiting: z
      .object({ for: z.string(), reason: z.string(), lookAgainAt: MaybeInstant })
      .nullable(),
    parked: z
      .object({
        reason: z.string(),
        explanation: z.string(),
        since: schemas.Instant,
        step: z.string().nullable(),
        commands: z.array(ResolvingCommand),
      })
      .nullable(),
    cancellation: z
      .object({
        orderedAt: schemas.Instant,
        orderedBy: z.string(),
        state: z.enum(['asking', 'canceled', 'too-late', 'unknown']),
        explanation: z.string(),
      })
      .nullable(),
    failureCode: z.string().nullable(),
    failure: z
      .object({
        code: z.string().nullable(),
        forSeller: z.string(),
        forOperator: z.string(),
        next: z.enum(['wait', 'new-details', 'talk-to-bank', 'operator']),
      })
      .nullable()
      .openapi({ description: 'Why the bank did not take it, or sent it back' }),
    bankAccount: z.string().nullable().openapi({ description: 'Where it failed' }),
    replaces: z
      .string()
      .nullable()
      .openapi({ description: 'The payout that came back and is paid anew with this one' }),
    skipReason: z.string().nullable(),
    skipped: z.string().nullable().openapi({ description: 'The skipReason in words' }),
    orderedBy: z.string().openapi({
      description: 'An API key, or `schedule`, `threshold`, `new-details`, `account-short`',
    }),
    payday: MaybeInstant.openapi({ description: 'The payday that it belongs to' }),
    cutOffAt: MaybeInstant.openapi({ description: 'Pays what was available by then' }),
    createdAt: schemas.Instant,
    startedAt: MaybeInstant,
    reservedAt: MaybeInstant,
    arrivesAt: MaybeInstant.openapi({
      description:
        'From when what was transferred can be paid out of the account: not when the bank has it',
    }),
    sentAt: MaybeInstant.openapi({ description: 'When Stripe took it' }),
    bankExpectedAt: MaybeInstant.openapi({
      description:
        'The day on which Stripe expects the bank to have it, as midnight UTC; null until Stripe has it. Stripe may still change it',
    }),
    paidAt: MaybeInstant.openapi({ description: 'When it was known that the bank has it' }),
    watchUntil: MaybeInstant.openapi({ description: 'Until when a late return is watched for' }),
    overAt: MaybeInstant,
  })
  .openapi('Payout');

/** A payout as its record tells it, and where they are given, as its attempts do. */
export function toPayout(
  record: PayoutRecord,
  attempts: readonly AttemptRecord[] = [],
): z.infer<typeof Payout> {
  const { requestedAmount, fromPlatform, fromAccount, currency } = record;
  const {
    lookAgainAt: _look,
    parkedAt: _at,
    parkedDetail: _detail,
    unknownStep: _step,
    ...shown
  } = record;
  const { requestedAmount: _requested, cancelAnswer: _answer, ...named } = shown;
  const { cancelOrderedAt: _orderedAt, cancelOrderedBy: _orderedBy, ...rest } = named;
  return {
    ...rest,
    requested: requestedAmount === null ? null : money(requestedAmount, currency),
    fromPlatform: money(fromPlatform, currency),
    fromAccount: money(fromAccount, currency),
    total: money(fromPlatform + fromAccount, currency),
    failure: failedOf(record),
    waiting: putOffOf(record, attempts) ?? waitingOf(record),
    parked: parkedOf(record),
    skipped: skippedOf(record),
    cancellation: cancellationOf(record),
  };
}

/** What Stripe was asked and has not answered comes before what was waited for until then. */
function putOffOf(record: PayoutRecord, attempts: readonly AttemptRecord[]) {
  const { id, parked, waitingFor } = record;
  const [wait] = parked || waitingFor === waitNames.moneyStopped ? [] : putOffWaits(attempts, id);
  return wait && { for: wait.for, reason: wait.reason, lookAgainAt: wait.lookAgainAt };
}

/** One earning inside a payout. */
export const PayoutItem = z
  .object({
    earningId: z.string(),
    externalId: z.string().nullable(),
    charge: z.string().nullable(),
    description: z.string().nullable(),
    amount: schemas.Money.openapi({ description: 'The part of it in this payout' }),
    earned: schemas.Money.openapi({ description: 'All of the earning' }),
    releasedAt: MaybeInstant.openapi({ description: 'When it went back, if the payout ended' }),
  })
  .openapi('PayoutItem');

/** What Stripe was asked, and said. */
export const Attempt = z
  .object({
    key: z.string().openapi({ description: 'The Idempotency-Key that Stripe saw' }),
    step: z.string(),
    number: z.int(),
    state: z.enum(['started', 'succeeded', 'refused', 'unknown']),
    account: z.string().nullable(),
    apiVersion: z.string(),
    tries: z.int(),
    stripeId: z.string().nullable(),
    refusal: z.string().nullable(),
    error: z
      .object({
        statusCode: z.int().nullable(),
        type: z.string().nullable(),
        code: z.string().nullable(),
        requestId: z.string().nullable(),
      })
      .nullable(),
    createdAt: schemas.Instant,
    firstSentAt: MaybeInstant,
    lastSentAt: MaybeInstant,
    decidedAt: MaybeInstant,
  })
  .openapi('Attempt');

/** One thing that happened to a payout. */
export const TimelineEvent = z
  .object({
    at: schemas.Instant,
    kind: z.string(),
    text: z.string(),
    actor: z.string().optional().openapi({ description: 'The API key that ordered it' }),
    money: schemas.Money.optional(),
    from: z.enum(places).optional(),
    to: z.enum(places).optional(),
    attempt: z.string().optional(),
    stripeId: z.string().optional(),
  })
  .openapi('TimelineEvent');
