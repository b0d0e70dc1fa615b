import { z } from '@hono/zod-openapi';
import { listBankAccounts } from '../../db/accounts/bank-accounts.ts';
import { resumeBankAccount, waiveCooling } from '../../db/accounts/bank-pauses.ts';
import type { Tx } from '../../db/connect.ts';
import { type BankAccountRecord, failureOfBank } from '../../domain/accounts/bank.ts';
import { isSellerId, type SellerId } from '../../domain/ids.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { defineRoute } from '../http/define-route.ts';
import { firstEntriesOf, firstOf } from '../http/pages.ts';
import { readSeller } from '../http/found.ts';
import { Problem } from '../http/problems.ts';
import * as schemas from '../http/schemas.ts';
import { answer, SellerParams } from '../http/schemas.ts';
import { showRequirements } from './requirements.ts';
import { Failure, Requirement, SharedWith } from './schemas.ts';

const getRequirements = defineRoute({
  method: 'get',
  path: '/v1/sellers/{sellerId}/requirements',
  operationId: 'listRequirements',
  summary: 'List the requirements of Stripe for a seller',
  description:
    'Each requirement names its deadline and the capabilities that stop if it is not met.',
  tags: ['Sellers'],
  request: { params: SellerParams },
  responses: {
    200: answer(
      z.object({
        data: z.array(Requirement),
        asOf: schemas.Instant.nullable().openapi({
          description: 'When the engine last read the account from Stripe',
        }),
      }),
      'The requirements, the most urgent first',
    ),
  },
});

const BankAccount = z
  .object({
    id: z.string(),
    currency: z.string(),
    ...schemas.bankNames,
    fingerprint: z.string().nullable().openapi({
      description:
        'Stripe’s fingerprint of the account number. It stays the same if the seller adds the bank account again',
    }),
    status: z.string().openapi({ description: 'Stripe’s status of the bank account' }),
    isDefault: z
      .boolean()
      .openapi({ description: '`true` if payouts in this currency go to this bank account' }),
    isListed: z.boolean().openapi({
      description:
        '`false` if Stripe has never listed this bank account, and the engine knows it only from a failed payout',
    }),
    firstSeenAt: schemas.Instant,
    goneAt: schemas.Instant.nullable(),
    failures: z.int(),
    coolsUntil: schemas.Instant.nullable().openapi({
      description:
        'Payouts were recently switched to this bank account, so no payout is sent to it before this instant',
    }),
    failureCode: z.string().nullable().openapi({
      description:
        'Stripe’s failure code of the last failed payout of this seller to this account number, or of another seller if the bank said that the number itself takes no payout',
    }),
    failure: Failure.nullable().openapi({
      description: 'What is wrong with the bank account. Null if nothing is wrong',
    }),
    pausedAt: schemas.Instant.nullable().openapi({
      description:
        'When the engine stopped sending payouts to this account number: for every seller who uses it if the bank said that the number itself takes no payout, otherwise for this seller alone. Payouts continue once the seller enters another bank account, or a person resumes the number',
    }),
    asksPerson: z.boolean().openapi({
      description:
        '`true`: payouts were switched to an account number that another seller already used. The cooling period is longer, so that a person can look and waive it',
    }),
    sharedWith: SharedWith,
  })
  .openapi('BankAccount');

const getBankAccounts = defineRoute({
  method: 'get',
  path: '/v1/sellers/{sellerId}/bank-accounts',
  operationId: 'listBankAccounts',
  summary: 'List the current and earlier bank accounts of a seller, without account numbers',
  tags: ['Sellers'],
  request: { params: SellerParams },
  responses: {
    200: answer(firstEntriesOf(BankAccount), 'The newest bank accounts, newest first'),
  },
});

const BankAccountParams = z.object({
  sellerId: z
    .custom<SellerId>((id) => typeof id === 'string' && isSellerId(id))
    .openapi({ type: 'string', param: { name: 'sellerId', in: 'path' } }),
  bankAccountId: z
    .string()
    .regex(/^[a-z]+_[A-Za-z0-9_]{1,100}$/)
    .openapi({ param: { name: 'bankAccountId', in: 'path' } }),
});

const resume = defineRoute({
  method: 'post',
  path: '/v1/sellers/{sellerId}/bank-accounts/{bankAccountId}/resume',
  command: 'resume-bank-account',
  operationId: 'resumeBankAccount',
  summary: 'Resume a paused bank account',
  description:
    'Use this after the seller or the bank has corrected the fault. The account number is resumed for every seller who uses it, and their waiting payouts continue immediately.',
  tags: ['Sellers'],
  request: { params: BankAccountParams, headers: schemas.CommandHeaders },
  responses: { 200: answer(BankAccount, 'The bank account') },
});

function toBankAccount(bank: BankAccountRecord) {
  return { ...bank, failure: failureOfBank(bank) };
}

const WaivedBankAccount = z
  .object({ ...BankAccount.shape, waiveReason: z.string() })
  .openapi('WaivedBankAccount');

const waive = defineRoute({
  method: 'post',
  path: '/v1/sellers/{sellerId}/bank-accounts/{bankAccountId}/waive-cooling',
  command: 'waive-cooling',
  operationId: 'waiveCooling',
  summary: 'Waive the cooling period of a changed bank account',
  tags: ['Sellers'],
  request: {
    params: BankAccountParams,
    headers: schemas.CommandHeaders,
    body: schemas.body(z.strictObject({ reason: schemas.text(500) }).openapi('WaiveReason')),
  },
  responses: { 200: answer(WaivedBankAccount, 'The bank account') },
});

/** Routes for the requirements and the bank accounts of a seller. */
export function accountRoutes(deps: AppDeps) {
  const { db } = deps;
  return createRoutes()
    .openapi(getRequirements, async (c) => {
      const { id, accountReadAt } = await readSeller(db, c.req.valid('param').sellerId);
      const data = await showRequirements(db, id);
      return c.json({ data, asOf: accountReadAt }, 200);
    })
    .openapi(getBankAccounts, async (c) => {
      const { id } = await readSeller(db, c.req.valid('param').sellerId);
      return c.json(firstOf((await listBankAccounts(db, id)).map(toBankAccount)), 200);
    })
    .openapi(resume, async (c) => {
      const request = c.req.valid('param');
      const done = await runCommand(c, deps, { kind: 'resume-bank-account', request }, (tx) =>
        letPay(tx, request, resumeBankAccount),
      );
      return c.json(done.body, done.status);
    })
    .openapi(waive, async (c) => {
      const request = { ...c.req.valid('param'), ...c.req.valid('json') };
      const done = await runCommand(c, deps, { kind: 'waive-cooling', request }, async (tx) => {
        await refuseUnlessCooling(tx, request);
        const { body, ...answered } = await letPay(tx, request, waiveCooling);
        // Commands are stored with their answer, so the answer records the reason.
        return { ...answered, body: { ...body, waiveReason: request.reason } };
      });
      return c.json(done.body, done.status);
    });
}

async function refuseUnlessCooling(tx: Tx, of: z.infer<typeof BankAccountParams>): Promise<void> {
  const banks = await listBankAccounts(tx, of.sellerId);
  if (banks.find(({ id }) => id === of.bankAccountId)?.coolsUntil !== null) return;
  throw new Problem(
    'bank-account-not-cooling',
    'This bank account has no cooling period that can be waived',
  );
}

/**
 * Runs `lets`, which allows payouts to a bank account again, and wakes the payouts that wait for
 * it.
 */
async function letPay(
  tx: Tx,
  { sellerId, bankAccountId }: z.infer<typeof BankAccountParams>,
  lets: typeof waiveCooling,
) {
  await readSeller(tx, sellerId);
  const isKnown = await lets(tx, sellerId, bankAccountId);
  if (!isKnown)
    throw new Problem(
      'unknown-bank-account',
      'This seller has never had a bank account with this id',
    );
  const bank = (await listBankAccounts(tx, sellerId)).find(({ id }) => id === bankAccountId);
  if (!bank) throw new Error('a bank account disappeared within a transaction');
  return { status: 200 as const, body: toBankAccount(bank), objectId: sellerId };
}
