import { z } from '@hono/zod-openapi';
import { sellerStatuses } from '../domain/sellers.ts';
import { Discrepancy } from './discrepancy-schema.ts';
import { Attempt, Payout, PayoutItem, ResolvingCommand, TimelineEvent } from './payout-schemas.ts';
import { Failure, Requirement } from './requirement-schema.ts';
import { Payday, PaydayMoney } from './schedule-schemas.ts';
import { Instant, Money } from './schemas.ts';

/** Who ends a wait. */
export const actors = ['engine', 'operator', 'platform', 'seller', 'stripe', 'bank'] as const;
export type Actor = (typeof actors)[number];

/** Why money does not move, and what changes that. */
export const Wait = z
  .object({
    for: z.string(),
    reason: z.string(),
    since: Instant.nullable(),
    by: z
      .string()
      .nullable()
      .openapi({ description: 'Who decided it, by the name of the API key; null: nobody did' }),
    liftedBy: z.string(),
    actor: z.enum(actors).openapi({ description: 'Who must act' }),
    commands: z.array(ResolvingCommand),
    lookAgainAt: Instant.nullable(),
    payoutId: z.string().nullable(),
  })
  .openapi('Wait');

/** What happens after that. */
export const NextStep = z
  .object({
    what: z.string(),
    text: z.string(),
    at: Instant.nullable().openapi({ description: 'Null: once what it waits for is lifted' }),
    money: z.union([Money, z.null()]),
    payoutId: z.string().nullable(),
  })
  .openapi('NextStep');

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

/** Where a seller is paid to. */
export const ExplainedBank = z
  .object({
    id: z.string(),
    currency: z.string(),
    isDefault: z.boolean().openapi({ description: 'Payouts in this currency go there' }),
    paused: z
      .object({
        since: Instant,
        code: z.string().nullable(),
        forSeller: z.string(),
        forOperator: z.string(),
      })
      .nullable()
      .openapi({ description: 'Nothing more is sent there, and why' }),
    failure: Failure.nullable().openapi({ description: 'What is wrong with it' }),
  })
  .openapi('ExplainedBankAccount');

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
