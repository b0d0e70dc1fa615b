/** The only file that creates and parses ids. SQL builds workflow ids from the prefixes here. */

export type SellerId = `sel_${string}`;
export type EarningId = `earn_${string}`;
export type PayoutId = `payout_${string}`;
export type HoldId = `hold_${string}`;
/** Our event ids, which the platform reads. Stripe's event ids have the same prefix. */
export type EventId = `evt_${string}`;
export type DiscrepancyId = `disc_${string}`;
export type AttentionListId = `list_${string}`;
export type CommandId = `cmd_${string}`;
export type MoneyStopId = `stop_${string}`;
export type SellerPauseId = `pause_${string}`;
export type ApiKeyId = `key_${string}`;
/** The id of a recorded start of PostgreSQL. */
export type PostgresStartId = `start_${string}`;
export type StripeAccountId = `acct_${string}`;
export type TransferId = `tr_${string}`;
export type StripePayoutId = `po_${string}`;
export type WorkflowId = `seller/${SellerId}` | `payout/${PayoutId}`;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const idLength = 20;

/** Creates an id: a prefix and 100 random bits. Never call it from a workflow. */
export function newId<Prefix extends string>(prefix: Prefix): `${Prefix}_${string}` {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(idLength));
  return `${prefix}_${Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join('')}`;
}

/**
 * Creates the id of an API request. A UUID is enough, because the id is not stored and must be
 * cheap at 500 requests per second.
 */
export function newRequestId(): `req_${string}` {
  return `req_${globalThis.crypto.randomUUID()}`;
}

/**
 * Creates the idempotency key under which Stripe knows an attempt of a step: the number of the
 * attempt, or `adopted` for one that Stripe made without this database's knowledge. Keys never
 * change. `attemptKeyIn` in db/stripe/attempts.ts repeats this rule, and a test compares the two.
 */
export function attemptKey(of: {
  objectId: string;
  step: string;
  number: number | 'adopted';
}): string {
  return `${of.objectId}/${of.step}/${of.number}`;
}

/** Creates a new key each time: for a known key, Stripe would repeat its answer and set nothing. */
export function newSettingKey(sellerId: SellerId): string {
  return `${sellerId}/${newId('manual')}`;
}

/**
 * The prefixes of workflow ids, which precede the id of the seller or payout. SQL uses them too.
 */
export const workflowPrefixes = { seller: 'seller/', payout: 'payout/' } as const;

/** The id of the workflow of a seller. */
export function sellerWorkflowId(sellerId: SellerId): `seller/${SellerId}` {
  return `${workflowPrefixes.seller}${sellerId}`;
}

/** The id of the workflow of a payout. */
export function payoutWorkflowId(payoutId: PayoutId): `payout/${PayoutId}` {
  return `${workflowPrefixes.payout}${payoutId}`;
}

/**
 * Parses a workflow id, so that the sender of a wake-up can also start the workflow from its row.
 * Returns undefined for any other text.
 */
export function subjectOf(
  workflowId: string,
): { kind: 'seller'; id: SellerId } | { kind: 'payout'; id: PayoutId } | undefined {
  const [kind, id, ...more] = workflowId.split('/');
  if (more.length > 0) return undefined;
  if (kind === 'seller' && isSellerId(id)) return { kind, id };
  if (kind === 'payout' && isPayoutId(id)) return { kind, id };
  return undefined;
}

/** Matches the ids that `newId('sel')` creates. */
export const sellerIdPattern = /^sel_[0-9a-z]{20}$/;

/** True for an id that `newId('sel')` creates. */
export function isSellerId(id: string | undefined): id is SellerId {
  return id !== undefined && sellerIdPattern.test(id);
}

/** True for an id that `newId('payout')` creates. Ids in webhooks are untrusted input. */
export function isPayoutId(id: string | undefined): id is PayoutId {
  return id !== undefined && /^payout_[0-9a-z]{20}$/.test(id);
}

/** True for an id that `newId('hold')` creates. */
export function isHoldId(id: string): id is HoldId {
  return /^hold_[0-9a-z]{20}$/.test(id);
}

/** True for an id that `newId('disc')` creates. */
export function isDiscrepancyId(id: string): id is DiscrepancyId {
  return /^disc_[0-9a-z]{20}$/.test(id);
}

/** True for an id that `newId('list')` creates. */
export function isAttentionListId(id: string): id is AttentionListId {
  return /^list_[0-9a-z]{20}$/.test(id);
}

/** True for an id that `newId('key')` creates. */
export function isApiKeyId(id: string): id is ApiKeyId {
  return /^key_[0-9a-z]{20}$/.test(id);
}

/** True for an id that `newId('stop')` creates. */
export function isMoneyStopId(id: string): id is MoneyStopId {
  return /^stop_[0-9a-z]{20}$/.test(id);
}

/** True for an id that `newId('pause')` creates. */
export function isSellerPauseId(id: string): id is SellerPauseId {
  return /^pause_[0-9a-z]{20}$/.test(id);
}

/** True for an id that `newId('start')` creates. */
export function isPostgresStartId(id: string): id is PostgresStartId {
  return /^start_[0-9a-z]{20}$/.test(id);
}

/** True for an id that `newId('earn')` creates. */
export function isEarningId(id: string): id is EarningId {
  return /^earn_[0-9a-z]{20}$/.test(id);
}

/** True for the id of one of our events. The database creates these ids. */
export function isEventId(id: string): id is EventId {
  return /^evt_[0-9a-z]{20}$/.test(id);
}

/** What people call a seller. Personal data: never in Temporal and never logged. */
export type SellerNames = { externalId: string | null; displayName: string | null };
