import { z } from '@hono/zod-openapi';
import { payoutStatuses } from '../../domain/payouts/states.ts';
import { sellerStatuses } from '../../domain/sellers.ts';
import { ExplainedBank, Failure, Requirement } from '../accounts/schemas.ts';
import { Hold } from '../holds.ts';
import { Day, Instant, Money, SellerNames } from '../http/schemas.ts';
import { Payday, PaydayMoney } from '../paydays/schemas.ts';
import {
  Attempt,
  leftOut,
  NotShown,
  Payout,
  PayoutItem,
  TimelineEvent,
} from '../payouts/schemas.ts';
import { Discrepancy } from '../reconciliation/schemas.ts';
import { NextStep, Wait } from '../waits.ts';

/** Who decided what. */
export const Decision = z
  .object({
    at: Instant,
    what: z.string().openapi({
      description: 'What was decided. For a changed seller, what the change changed',
    }),
    about: z.string().openapi({ description: 'The seller, hold or payout' }),
    reason: z
      .string()
      .nullable()
      .openapi({ description: 'As the caller gave it; null if none is stored' }),
    apiKeyId: z.string(),
    apiKeyName: z.string(),
  })
  .openapi('Decision');

/** How far differences between the ledger and Stripe are known. */
const Compared = z
  .object({
    lastPassAt: Instant.nullable(),
    accountReadAt: Instant.nullable(),
    explanation: z.string(),
  })
  .openapi('Comparison', {
    description:
      'When the ledger was last compared with Stripe, and when Stripe’s books of the seller’s account were last read. Null if never',
  });

/** A payout's explanation. */
export const PayoutExplanation = z
  .object({
    asOf: Instant,
    summary: z.string(),
    explainSeller: z.string().openapi({
      description:
        'The path of the seller’s explanation. It says what money waits for that this payout did not pay',
    }),
    isLate: z
      .boolean()
      .openapi({ description: '`true`: the banks have had the money longer than they should' }),
    waits: z.array(Wait),
    next: z.array(NextStep),
    paidNowBy: z
      .array(z.object({ id: z.string(), status: z.enum(payoutStatuses), explain: z.string() }))
      .openapi({
        description:
          'The payouts that pay this money now, if this payout ended without paying it: those that contain its earnings, the one that replaces it, or the open order for everything. Empty if none is known',
      }),
    happened: z.array(TimelineEvent),
    decisions: z.array(Decision),
    earnings: z.object({
      count: z.int(),
      first: z.array(PayoutItem),
      all: z.string().openapi({ description: 'The path that lists all of them' }),
    }),
    attempts: z
      .array(Attempt)
      .openapi({ description: 'The newest requests to Stripe and their outcomes' }),
    compared: Compared,
    notShown: NotShown,
    payout: Payout,
  })
  .openapi('PayoutExplanation');

/** The next payday, and what the payday would do. */
export const ExplainedPayday = z
  .object({
    ...Payday.shape,
    isKept: z.boolean().openapi({
      description:
        '`true`: the payday passed while the seller could not be paid. It is paid once the seller can be paid',
    }),
    money: z.array(PaydayMoney),
  })
  .nullable()
  .openapi({ description: 'The next payday, by what is known now; null without a schedule' });

const OpenPayout = z.object({
  id: z.string(),
  status: z.string(),
  total: Money,
  bankExpectedOn: Day.nullable().openapi({
    description: 'The day on which Stripe expects the bank to have the money',
  }),
  isLate: z.boolean(),
  summary: z.string(),
  explain: z.string(),
});

/** Where a seller's money is in one currency. */
export const SellerMoney = z
  .object({
    earned: described('All that was ever owed. All amounts below add up to it'),
    payable: described('Payable now: a payout ordered now would pay it'),
    belowMinimum: described('Below the schedule’s minimum: paydays do not pay it, an order does'),
    stopped: described('Not payable now, because something stops it: see `waits`'),
    ordered: described('In ordered payouts that have reserved nothing yet'),
    held: described('Payable without the holds'),
    reserved: described('In payouts that Stripe does not have yet'),
    sent: described('In payouts that Stripe has and the bank does not have yet'),
    notYetAvailable: described('Earned, but not payable yet'),
    tooSmall: described('A rest too small to pay out. It is paid together with later earnings'),
    belowZero: described('By how much the account’s balance is below zero; not positive'),
    movedByOthers: described(
      'Money that moved without an order from the engine; negative if it came to the account',
    ),
    paid: described('At the bank'),
    becomesPayable: z.array(z.object({ at: Instant.nullable(), money: Money })),
  })
  .openapi('SellerMoney');

function described(description: string) {
  return Money.openapi({ description });
}

/** A seller's explanation. */
export const SellerExplanation = z
  .object({
    asOf: Instant,
    sellerId: z.string(),
    seller: SellerNames,
    status: z.enum(sellerStatuses),
    schedule: z
      .string()
      .openapi({ description: 'When the seller is paid without an order, in words' }),
    stripeAccount: z.string().nullable(),
    summary: z.string(),
    waits: z.array(Wait),
    next: z.array(NextStep),
    payday: ExplainedPayday,
    account: Failure.nullable().openapi({
      description: 'Why Stripe does not let the account be paid; null if the account may be paid',
    }),
    requirements: z
      .array(Requirement)
      .openapi({ description: 'What Stripe asks for, the most urgent first, as last read' }),
    bankAccounts: z
      .array(ExplainedBank)
      .openapi({ description: 'The bank accounts that receive the seller’s payouts' }),
    money: z.array(SellerMoney).openapi({ description: 'The seller’s money, by currency' }),
    payouts: z.array(OpenPayout).openapi({ description: 'The payouts that have not ended' }),
    differences: z.array(Discrepancy).openapi({ description: 'The open differences from Stripe' }),
    compared: Compared,
    happened: z.array(z.object({ at: Instant, kind: z.string(), text: z.string() })),
    decisions: z.array(Decision),
    attempts: z.array(Attempt),
    notShown: z
      .object({
        payouts: z.int(),
        holds: z.int(),
        differences: z.int(),
        attempts: z.int(),
        decisions: z.int(),
        becomesPayable: z.int(),
      })
      .openapi({ description: leftOut }),
  })
  .openapi('SellerExplanation');

/** What releasing a hold would change, and what it would leave unchanged. */
export const HoldPreview = z
  .object({
    asOf: Instant,
    summary: z.string(),
    hold: Hold,
    money: z.array(
      z.object({
        payable: Money.openapi({ description: 'Payable now, also by payouts already ordered' }),
        payableThen: Money.openapi({ description: 'Payable after the release' }),
        stopped: Money.openapi({
          description: 'Not held and yet not payable now, because something else stops it',
        }),
        stoppedThen: Money.openapi({
          description: 'Not held and yet not payable after the release: see `waits`',
        }),
        stillHeld: Money.openapi({
          description: 'Held by other holds, and by this one while it cannot be released',
        }),
      }),
    ),
    goesOn: z.array(z.object({ payoutId: z.string(), money: Money })).openapi({
      description: 'Payouts that wait for the hold and would continue, and what they would carry',
    }),
    waits: z
      .array(Wait)
      .openapi({ description: 'What would still keep the seller from being paid' }),
    payday: ExplainedPayday,
    next: z.array(NextStep).openapi({ description: 'What would come next' }),
  })
  .openapi('HoldPreview');
