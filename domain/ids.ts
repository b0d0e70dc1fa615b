/** The one place where ids are made and taken apart; nobody concatenates them elsewhere. */

export type SellerId = `sel_${string}`;
export type EarningId = `earn_${string}`;
export type PayoutId = `payout_${string}`;
export type HoldId = `hold_${string}`;
/** Ours, told to the platform; Stripe's begin alike. */
export type EventId = `evt_${string}`;
export type DiscrepancyId = `disc_${string}`;
export type AttentionListId = `list_${string}`;
export type CommandId = `cmd_${string}`;
export type ApiKeyId = `key_${string}`;
export type StripeAccountId = `acct_${string}`;
export type TransferId = `tr_${string}`;
export type StripePayoutId = `po_${string}`;
export type WorkflowId = `seller/${SellerId}` | `payout/${PayoutId}`;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const idLength = 20;

/** A new id, 100 random bits behind a prefix. Never called from a workflow. */
export function newId<Prefix extends string>(prefix: Prefix): `${Prefix}_${string}` {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(idLength));
  return `${prefix}_${Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join('')}`;
}

/** A new name of a request: it is in no table, and 500 a second must cost next to nothing. */
export function newRequestId(): `req_${string}` {
  return `req_${globalThis.crypto.randomUUID()}`;
}

/** The workflow that lives as long as the seller. */
export function sellerWorkflowId(sellerId: SellerId): `seller/${SellerId}` {
  return `seller/${sellerId}`;
}

/** The workflow that carries one payout from reservation to the end of its watch. */
export function payoutWorkflowId(payoutId: PayoutId): `payout/${PayoutId}` {
  return `payout/${payoutId}`;
}

/** Takes a workflow id apart, so that whoever wakes a workflow can also start it from its row. */
export function subjectOf(
  workflowId: string,
): { kind: 'seller'; id: SellerId } | { kind: 'payout'; id: PayoutId } | undefined {
  const [kind, id, ...more] = workflowId.split('/');
  if (more.length > 0) return undefined;
  if (kind === 'seller' && isSellerId(id)) return { kind, id };
  if (kind === 'payout' && isPayoutId(id)) return { kind, id };
  return undefined;
}

/** What `newId('sel')` makes. */
export const sellerIdPattern = /^sel_[0-9a-z]{20}$/;

/** True for what `newId('sel')` makes. */
export function isSellerId(id: string | undefined): id is SellerId {
  return id !== undefined && sellerIdPattern.test(id);
}

/** True for what `newId('payout')` makes; webhooks bring ids that anyone could have typed. */
export function isPayoutId(id: string | undefined): id is PayoutId {
  return id !== undefined && /^payout_[0-9a-z]{20}$/.test(id);
}

/** True for what `newId('hold')` makes. */
export function isHoldId(id: string): id is HoldId {
  return /^hold_[0-9a-z]{20}$/.test(id);
}

/** True for what `newId('disc')` makes. */
export function isDiscrepancyId(id: string): id is DiscrepancyId {
  return /^disc_[0-9a-z]{20}$/.test(id);
}

/** True for what `newId('list')` makes. */
export function isAttentionListId(id: string): id is AttentionListId {
  return /^list_[0-9a-z]{20}$/.test(id);
}

/** True for what `newId('key')` makes. */
export function isApiKeyId(id: string): id is ApiKeyId {
  return /^key_[0-9a-z]{20}$/.test(id);
}

/** True for what `newId('earn')` makes. */
export function isEarningId(id: string): id is EarningId {
  return /^earn_[0-9a-z]{20}$/.test(id);
}

/** True for the id of an event of ours, which the database makes. */
export function isEventId(id: string): id is EventId {
  return /^evt_[0-9a-z]{20}$/.test(id);
}
