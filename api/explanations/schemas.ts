import { z } from '@hono/zod-openapi';
import { sellerStatuses } from '../../domain/sellers.ts';
import { ExplainedBank, Failure, Requirement } from '../accounts/schemas.ts';
import { Hold } from '../holds.ts';
import { Instant, Money } from '../http/schemas.ts';
import { Payday, PaydayMoney } from '../paydays/schemas.ts';
import { Attempt, Payout, PayoutItem, TimelineEvent } from '../payouts/schemas.ts';
import { Discrepancy } from '../reconciliation/schemas.ts';
import { NextStep, Wait } from '../waits.ts';

/** Who decided what. */
export const Decision = z
  .object({
    at: Instant,
    what: z.string(),
    about: z.string().openapi({ description: 'The seller, hold or payout' }),
    reason: z.string().nullable().openapi({ description: 'As it was given, where one is kept' }),
    apiKeyId: z.string(),
    apiKeyName: z.string(),
  })
  .openapi('Decision');

/** All that is known of a payout. */
export const PayoutExplanation = z
  .object({
    asOf: Instant,
    summary: z.string(),
    isLate: z.boolean().openapi({ description: 'Longer with the banks than banks should take' }),
    waits: z.array(Wait),
    next: z.array(NextStep),
    happened: z.array(TimelineEvent),
    decisions: z.array(Decision),
    earnings: z.object({
      count: z.int(),
      first: z.array(PayoutItem),
      all: z.string().openapi({ description: 'Where the others are listed' }),
    }),
    attempts: z.array(Attempt).openapi({ description: 'What Stripe was asked, and said' }),
    payout: Payout,
  })
  .openapi('PayoutExplanation');

/** The next payday, and what it would do. */
export const ExplainedPayday = z
  .object({
    ...Payday.shape,
    isKept: z.boolean().openapi({
      description: 'It passed while the seller could not be paid; it is paid once that can be',
    }),
    money: z.array(PaydayMoney),
  })
  .nullable()
  .openapi({ description: 'The next one, by what is known now; null without a schedule' });

const OpenPayout = z.object({
  id: z.string(),
  status: z.string(),
  total: Money,
  bankExpectedAt: Instant.nullable().openapi({
    description: 'The day on which Stripe expects the bank to have it, as midnight UTC',
  }),
  isLate: z.boolean(),
  summary: z.string(),
  explain: z.string(),
});

/** All that is known of a seller. */
export const SellerExplanation = z
  .object({
    asOf: Instant,
    sellerId: z.string(),
    status: z.enum(sellerStatuses),
    stripeAccount: z.string().nullable(),
    summary: z.string(),
    waits: z.array(Wait),
    next: z.array(NextStep),
    payday: ExplainedPayday,
    account: Failure.nullable().openapi({
      description: 'Why Stripe does not let its account be paid; null where it may',
    }),
    requirements: z
      .array(Requirement)
      .openapi({ description: 'What Stripe asks for, the most urgent first, as read last' }),
    bankAccounts: z.array(ExplainedBank).openapi({ description: 'Where it is paid to' }),
    money: z.array(
      z.object({
        payable: Money,
        held: Money.openapi({ description: 'Payable but for holds' }),
        notYetAvailable: Money,
        underWay: Money.openapi({ description: 'In payouts that the bank does not have yet' }),
        becomesPayable: z.array(z.object({ at: Instant.nullable(), money: Money })),
      }),
    ),
    payouts: z.array(OpenPayout).openapi({ description: 'Those that are not over' }),
    differences: z
      .array(Discrepancy)
      .openapi({ description: 'What differs from Stripe, and is open' }),
    happened: z.array(z.object({ at: Instant, kind: z.string(), text: z.string() })),
    decisions: z.array(Decision),
    attempts: z.array(Attempt),
  })
  .openapi('SellerExplanation');

/** What releasing a hold would change, and what it would not. */
export const HoldPreview = z
  .object({
    asOf: Instant,
    summary: z.string(),
    hold: Hold,
    money: z.array(
      z.object({
        payable: Money.openapi({ description: 'As it stands' }),
        payableThen: Money.openapi({ description: 'Once it is released' }),
        stillHeld: Money.openapi({ description: 'By other holds' }),
      }),
    ),
    goesOn: z
      .array(z.object({ payoutId: z.string(), money: Money }))
      .openapi({ description: 'Payouts that wait for it, and what they would carry' }),
    waits: z.array(Wait).openapi({ description: 'What would still keep the seller unpaid' }),
    payday: ExplainedPayday,
    next: z.array(NextStep).openapi({ description: 'What would come next' }),
  })
  .openapi('HoldPreview');
