import { z } from '@hono/zod-openapi';
import { cancelStates } from '../../domain/explanations/payout-words.ts';
import { places } from '../../domain/ledger.ts';
import { actors } from '../../domain/waits.ts';
import { payoutStatuses } from '../../domain/payouts/states.ts';
import { refusalReasons } from '../../domain/refusals/reasons.ts';
import * as schemas from '../http/schemas.ts';
import { ResolvingCommand } from '../waits.ts';

const MaybeInstant = schemas.Instant.nullable();

const ForSeller = z
  .string()
  .openapi({ description: 'What the seller may know, in words for the seller' });

/** A payout in the API's answers. */
export const Payout = z
  .object({
    id: z.string(),
    sellerId: z.string(),
    seller: schemas.SellerNames,
    currency: z.string(),
    status: z.enum(payoutStatuses),
    requested: z.union([schemas.Money, z.null()]),
    fromPlatform: schemas.Money.openapi({
      description:
        'The part in the platform’s balance. It must be transferred to the account first',
    }),
    fromAccount: schemas.Money.openapi({ description: 'The part that was already at the account' }),
    total: schemas.Money,
    stripeAccount: z.string().nullable(),
    transferId: z.string().nullable(),
    stripePayoutId: z.string().nullable(),
    waitingFor: z.string().nullable(),
    waiting: z
      .object({
        for: z.string(),
        reason: z.string(),
        forSeller: ForSeller,
        lookAgainAt: MaybeInstant,
      })
      .nullable(),
    parked: z
      .object({
        reason: z.string(),
        explanation: z.string(),
        forSeller: ForSeller,
        actor: z.enum(actors).openapi({ description: 'Who must act' }),
        since: schemas.Instant,
        step: z.string().nullable(),
        commands: z.array(ResolvingCommand),
      })
      .nullable(),
    cancellation: z
      .object({
        orderedAt: schemas.Instant,
        orderedBy: z.string().openapi({
          description:
            'The id of an API key, `engine` if the charge of an earning paid the seller by itself, or `holds` if holds cover money of the payout',
        }),
        state: z.enum(cancelStates).openapi({
          description:
            '`outcome-open`: a request was open when the payout was canceled, and the engine finds out whether Stripe carried it out. `not-asked-yet`, `asking`, `refused`, `unknown`: whether Stripe was asked, and what it answered. `not-asked`: Stripe was not asked, because the payout had left or ended before',
        }),
        stripeCode: z
          .string()
          .nullable()
          .openapi({ description: 'Stripe’s code for its last answer to the cancellation' }),
        explanation: z.string(),
      })
      .nullable(),
    lastRead: z.object({ at: schemas.Instant, status: z.string() }).nullable().openapi({
      description:
        'When the engine last read the payout from Stripe before the bank had the money, and the status there. Null if it has not done so',
    }),
    failureCode: z.string().nullable(),
    failure: z
      .object({
        code: z.string().nullable(),
        forSeller: z.string(),
        forOperator: z.string(),
        next: z.enum(['wait', 'new-details', 'talk-to-bank', 'operator']),
      })
      .nullable()
      .openapi({ description: 'Why the bank did not accept the money, or returned it' }),
    bankAccount: z.string().nullable().openapi({
      description: 'The bank account at which the payout failed. Null if it did not fail',
    }),
    sentTo: z
      .object({ bankAccount: z.string(), ...schemas.bankNames })
      .nullable()
      .openapi({
        description:
          'The bank account to which Stripe sends the money. Null until Stripe has accepted the payout',
      }),
    trace: z
      .object({
        status: z.string().openapi({
          description: '`pending`, `supported` or `unsupported`, as Stripe says',
        }),
        id: z.string().nullable().openapi({
          description: 'With this number, the seller’s bank can find the payment',
        }),
      })
      .nullable()
      .openapi({
        description:
          'The trace of the payment at the banks. Stripe names it when the bank has the money, or up to 10 days later. The engine reads it when the payout is paid and when it is settled. Null before Stripe has the payout, and if the payout ended without paying and the banks named no payment: no trace will come',
      }),
    replaces: z.string().nullable().openapi({
      description: 'The payout in whose place this payout was ordered, because it did not pay',
    }),
    skipReason: z.string().nullable(),
    paidElsewhere: z
      .object({
        stripeIds: z.array(z.string()).openapi({
          description: 'The transfers and payouts at Stripe by which somebody else paid the money',
        }),
        proof: z.string().nullable().openapi({
          description: 'How it was paid outside Stripe, or that its account has left the platform',
        }),
        reason: z.string(),
        returnReason: z.string().nullable().openapi({
          description: 'Why a person says that money paid outside Stripe came back',
        }),
      })
      .nullable()
      .openapi({ description: 'How somebody else paid the money. Null if nobody did' }),
    skipped: z.string().nullable().openapi({ description: '`skipReason` as a sentence' }),
    skippedForSeller: ForSeller.nullable(),
    orderedBy: z.string().openapi({
      description:
        'The id of an API key, or `schedule`, `threshold`, `new-details`, `account-short`, `charge-pays-seller`, `after-adoption` or `partly-held`',
    }),
    payday: MaybeInstant.openapi({
      description: 'The payday of the payout. Null if the schedule did not order it',
    }),
    lastPayday: MaybeInstant.openapi({
      description:
        'The last payday that this payout also stands for: while an order for everything waits, later paydays add their money to the order; and a payday that is skipped for the same reason as the payday before adds no payout. Null if there is none',
    }),
    cutOffAt: MaybeInstant.openapi({
      description:
        'The payout pays the money that was available by this instant. Null if no payday ordered it',
    }),
    createdAt: schemas.Instant,
    startedAt: MaybeInstant,
    reservedAt: MaybeInstant,
    arrivesAt: MaybeInstant.openapi({
      description:
        'When the transferred money can leave the account. The bank has the money only later',
    }),
    sentAt: MaybeInstant.openapi({ description: 'When Stripe accepted the payout' }),
    bankExpectedOn: schemas.Day.nullable().openapi({
      description:
        'The day on which Stripe expects the bank to have the money. Stripe may change it. Null until Stripe has accepted the payout',
    }),
    paidAt: MaybeInstant.openapi({
      description: 'When the engine learned that the bank has the money',
    }),
    watchUntil: MaybeInstant.openapi({
      description: 'Until this instant, the engine watches whether the bank returns the money',
    }),
    overAt: MaybeInstant,
  })
  .openapi('Payout');

/** An earning that a payout contains, entirely or in part. */
export const PayoutItem = z
  .object({
    earningId: z.string(),
    externalId: z.string().nullable(),
    charge: z.string().nullable(),
    description: z.string().nullable(),
    amount: schemas.Money.openapi({ description: 'The part of the earning in this payout' }),
    earned: schemas.Money.openapi({ description: 'The whole earning' }),
    releasedAt: MaybeInstant.openapi({
      description:
        'When this part became payable again, because the payout ended without paying it. Null otherwise',
    }),
  })
  .openapi('PayoutItem');

/** A request to Stripe and its answer. */
export const Attempt = z
  .object({
    key: z.string().openapi({ description: 'The Idempotency-Key of the request to Stripe' }),
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
        message: z.string().nullable().openapi({
          description:
            'Stripe’s message without bank details, addresses and names. For operators only',
        }),
        reason: z.enum(refusalReasons).nullable().openapi({
          description: 'Why Stripe refused the request. Null if the reason is not known',
        }),
        explanation: z.string().openapi({
          description: 'What the answer means for the money, and what to do. For operators only',
        }),
      })
      .nullable(),
    createdAt: schemas.Instant,
    firstSentAt: MaybeInstant,
    lastSentAt: MaybeInstant,
    decidedAt: MaybeInstant,
  })
  .openapi('Attempt');

/** Describes the numbers of what an answer leaves out. */
export const leftOut =
  'How many entries of each kind the answer leaves out, because its lists are limited. The lists of the API contain them';

/** How many of the facts about a payout an answer leaves out. */
export const NotShown = z
  .object({ attempts: z.int(), decisions: z.int(), entries: z.int(), pastWaits: z.int() })
  .openapi({ description: leftOut });

/** One event in the life of a payout. */
export const TimelineEvent = z
  .object({
    at: schemas.Instant,
    kind: z.string(),
    text: z.string(),
    actor: z
      .string()
      .optional()
      .openapi({ description: 'The id of the API key that sent the command' }),
    money: schemas.Money.optional(),
    from: z.enum(places).optional(),
    to: z.enum(places).optional(),
    attempt: z.string().optional(),
    stripeId: z.string().optional(),
  })
  .openapi('TimelineEvent');
