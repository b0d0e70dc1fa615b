import { expect } from 'vitest';
import { parkSeller } from '../../db/accounts/parked.ts';
import { placeHold } from '../../db/holds.ts';
import { readPayout } from '../../db/payouts/rows.ts';
import { parkPayout } from '../../db/payouts/steps.ts';
import { findDiscrepancyOver, openDiscrepancies } from '../../db/reconciliation/discrepancies.ts';
import { recordRefused, recordUnknown } from '../../db/stripe/answers.ts';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import type { ParkReason } from '../../domain/parking/reasons.ts';
import type { Cause } from '../../domain/reconciliation/discrepancies.ts';
import type { TestApi } from '../api/harness.ts';
import { openAttempt } from './money.ts';
import { payoutStages } from './payout-stages.ts';

type Item = {
  id: string;
  kind: string;
  reason: string;
  since: string;
  atStake: unknown[];
  commands: { method: string; path: string; body: Record<string, string> }[];
};

/** Reads a page of the attention list. */
export async function attention(of: TestApi, query = '') {
  const { body } = await of.get(`/v1/attention${query}`);
  return body as { data: Item[]; hasMore: boolean; nextCursor: string | null };
}

/** Creates a seller whose Stripe account could not be created. */
export async function parkedSeller(
  of: TestApi,
  how: 'account-refused' | 'account-outcome-unknown',
) {
  const id: SellerId = await of.makeSeller();
  await of.post(`/v1/sellers/${id}/earnings`, { amount: 70_00, currency: 'eur' });
  const asked = { step: 'account', account: null, apiVersion: '2026-10-28', request: {} };
  const { key } = await openAttempt(of.db, { objectId: id, ...asked });
  const error = { statusCode: 400, type: 'invalid_request_error', code: null, requestId: 'req_1' };
  if (how === 'account-refused') await recordRefused(of.db, { key, refusal: 'other', error });
  else await recordUnknown(of.db, { key, error });
  await parkSeller(of.db, id, how);
  await of.db.deleteFrom('wake_ups').execute();
  return id;
}

/** Creates objects that need a person, and runs commands for many of them. */
export function attentionStage(api: TestApi) {
  const stages = payoutStages(api);
  /** Creates a payout with 100.00 reserved that is parked for this reason. Returns its ids. */
  async function stopped(reason: ParkReason = 'refused-by-stripe') {
    const { sellerId, payoutId } = await stages.orderPayout();
    await stages.reserve(payoutId);
    await parkPayout(api.db, await readPayout(api.db, payoutId), reason);
    return { sellerId, payoutId };
  }

  /** Creates a discrepancy about incoming money, with its hold. */
  async function difference(cause: Cause = 'transfer-not-ordered') {
    const sellerId = await api.makeSeller({ status: 'active' });
    const line = `txn_${sellerId.slice(4)}`;
    const { id: holdId } = await api.db.transaction().execute(async (tx) => {
      const atStripe = { movementId: line, object: `tr_${line}`, net: 30_00, currency: 'eur' };
      const found = { cause, object: line, sellerId, atStripe };
      await openDiscrepancies(tx, [found]);
      const about = await findDiscrepancyOver(tx, found);
      const all = { source: 'system', currency: 'eur', amount: 30_00, expiresAt: null } as const;
      await placeHold(tx, { sellerId, reason: 'of another', ...all }, 'engine');
      return placeHold(tx, { sellerId, reason: 'Money was transferred', about, ...all }, 'engine');
    });
    return { sellerId, holdId };
  }

  async function preview(command: string, filter: object = {}, reason?: string): Promise<Preview> {
    const asked = { command, filter, ...(reason !== undefined && { reason }) };
    const { status, body } = await api.post('/v1/attention/preview', asked);
    expect([status, body['detail']]).toEqual([200, undefined]);
    return body as unknown as Preview;
  }

  async function run(token: string | null, options: { key?: string } = {}) {
    const request = { token, reason: 'Stripe says that it is put right' };
    const { status, body } = await api.post('/v1/attention/run', request, options);
    return { status, type: body['type'], list: body as unknown as List };
  }

  const parkedOf = async (payoutId: PayoutId) => (await readPayout(api.db, payoutId)).parked;

  return { stages, stopped, difference, preview, run, parkedOf };
}

/** An object in a preview. */
export type Shown = { id: string; why?: string; targets?: { kind: string; id: string }[] };
/** What a command would do. */
export type Preview = {
  token: string | null;
  expiresAt: string | null;
  applies: { count: number; atStake: unknown[]; first: Shown[] };
  doesNotApply: { count: number; first: Shown[] };
  hasMore: boolean;
};
type Part = { id: string; outcome: string | null; why: string | null };
/** The result of a list of commands. */
export type List = { done: number; leftOut: number; open: number; items: Part[] };

/** The outcome of each item of a list. */
export const outcomes = ({ items }: List) =>
  Object.fromEntries(items.map(({ id, outcome, why }) => [id, why ?? outcome]));
/** Why a command does not apply to an object. */
export const whys = ({ doesNotApply }: Preview) =>
  Object.fromEntries(doesNotApply.first.map(({ id, why }) => [id, why]));
