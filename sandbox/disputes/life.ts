import { book } from '../books/balance.ts';
import { showDispute } from '../books/views.ts';
import type { Claim } from '../charges/cards.ts';
import { schedule, unschedule } from '../core/due.ts';
import { refusal } from '../core/errors.ts';
import { platformId, type World } from '../core/world.ts';
import { emit } from '../events/emit.ts';
import {
  changedFrom,
  findRecord,
  insertRecord,
  ownerOf,
  readRecord,
  saveRecord,
} from '../store/objects.ts';
import type { Charge, Dispute } from '../store/records.ts';
import { newDispute } from './record.ts';
import { settleWarning } from './warnings.ts';

const disputeFee = 15_00;
const decisionMs = 5_000;

/** What a platform sends in its defence; `submit: false` only keeps it. */
export type Defence = {
  evidence: Record<string, string | null>;
  metadata: Record<string, string>;
  submit: boolean;
};

/** A bank disputes a charge: unless it only asks, the amount and a fee are withdrawn at once. */
export function openDispute(
  w: World,
  account: string,
  chargeId: string,
  claim: Claim,
): { dispute: Dispute; charge: Charge } {
  const before = readRecord(w, 'charge', chargeId, account);
  const charge: Charge = { ...before, disputed: true };
  saveRecord(w, charge);
  settleWarning(w, account, chargeId);
  const dispute = newDispute(w, charge, claim);
  insertRecord(w, 'dispute', account, dispute);
  tell(w, 'charge.dispute.created', dispute);
  schedule(w, Number(dispute.evidence_details.due_by) * 1000, 'dispute_lapses', dispute.id);
  return { dispute: claim.inquiry ? dispute : withdraw(w, dispute), charge };
}

/** Keeps evidence and, unless told not to, submits it; the bank decides a little later. */
export function defend(w: World, dispute: Dispute, defence: Defence): Dispute {
  refuseClosed(dispute);
  const details = dispute.evidence_details;
  const brings = Object.keys(defence.evidence).length > 0;
  const submits = defence.submit && brings;
  const after: Dispute = {
    ...dispute,
    evidence: { ...dispute.evidence, ...defence.evidence },
    metadata: defence.metadata,
    evidence_details: {
      ...details,
      has_evidence: details.has_evidence || brings,
      submission_count: details.submission_count + Number(submits),
    },
    ...(submits && { status: isInquiry(dispute) ? 'warning_under_review' : 'under_review' }),
  };
  if (submits) schedule(w, w.clock.now() + decisionMs, 'dispute_decided', dispute.id);
  return change(w, dispute, after, ['charge.dispute.updated']);
}

/** Due: the bank decides by the magic words of the evidence; other words leave it undecided. */
export function decide(w: World, id: string): void {
  const dispute = findRecord(w, 'dispute', id);
  if (!dispute?.status.endsWith('under_review')) return;
  const words = dispute.evidence['uncategorized_text'];
  if (words === 'winning_evidence') win(w, dispute);
  else if (words === 'losing_evidence') lose(w, dispute);
  else if (words === 'escalate_inquiry_evidence' && isInquiry(dispute)) escalate(w, dispute);
}

/** Due: nobody answered in time. */
export function lapse(w: World, id: string): void {
  const dispute = findRecord(w, 'dispute', id);
  if (dispute?.status.endsWith('needs_response')) lose(w, dispute);
}

/** Gives up a dispute: it is lost at once. */
export function lose(w: World, dispute: Dispute): Dispute {
  refuseClosed(dispute);
  return end(w, dispute, isInquiry(dispute) ? 'warning_closed' : 'lost');
}

/** A charge whose money the bank has already taken cannot be refunded as well. */
export function refuseChargedBack(w: World, { id, disputed }: Charge): void {
  if (!disputed) return;
  const row = w.db.get(
    `select 1 from objects where kind = 'dispute' and json_extract(body, '$.charge') = ?
      and json_extract(body, '$.is_charge_refundable') = 0`,
    id,
  );
  if (!row) return;
  throw refusal(`Charge ${id} has been charged back; cannot issue a refund.`, {
    code: 'charge_disputed',
  });
}

function withdraw(w: World, dispute: Dispute): Dispute {
  const entry = bookAdjustment(w, dispute, -dispute.amount, disputeFee);
  const after = { ...dispute, is_charge_refundable: false, internal: { entries: [entry] } };
  return change(w, dispute, after, ['charge.dispute.funds_withdrawn']);
}

function win(w: World, dispute: Dispute): void {
  if (isInquiry(dispute)) {
    end(w, dispute, 'warning_closed');
    return;
  }
  const entry = bookAdjustment(w, dispute, dispute.amount, 0);
  const entries = [...dispute.internal.entries, entry];
  const reinstated = { ...dispute, internal: { entries } };
  end(w, change(w, dispute, reinstated, ['charge.dispute.funds_reinstated']), 'won');
}

function escalate(w: World, dispute: Dispute): void {
  const card = { ...dispute.payment_method_details.card, case_type: 'chargeback' };
  const after: Dispute = {
    ...dispute,
    status: 'needs_response',
    payment_method_details: { type: 'card', card },
  };
  withdraw(w, change(w, dispute, after, ['charge.dispute.updated']));
}

function end(w: World, dispute: Dispute, status: Dispute['status']): Dispute {
  unschedule(w, 'dispute_lapses', dispute.id);
  unschedule(w, 'dispute_decided', dispute.id);
  return change(w, dispute, { ...dispute, status }, ['charge.dispute.closed']);
}

function change(w: World, before: Dispute, after: Dispute, events: string[]): Dispute {
  saveRecord(w, after);
  for (const type of events) tell(w, type, after, before);
  return after;
}

function tell(w: World, type: string, dispute: Dispute, before?: Dispute): void {
  const previous = before && changedFrom(showDispute(w, before), showDispute(w, dispute));
  emit(w, type, accountOf(w, dispute), showDispute(w, dispute), previous);
}

function bookAdjustment(w: World, dispute: Dispute, amount: number, fee: number): string {
  const account = accountOf(w, dispute);
  const { currency, id: source } = dispute;
  return book(w, { account, currency, amount, fee, type: 'adjustment', source });
}

function accountOf(w: World, { id }: Dispute): string {
  return ownerOf(w, id) ?? platformId;
}

function isInquiry({ status }: Dispute): boolean {
  return status.startsWith('warning_');
}

function refuseClosed({ status }: Dispute): void {
  if (!['won', 'lost', 'warning_closed'].includes(status)) return;
  throw refusal('This dispute is already closed');
}
