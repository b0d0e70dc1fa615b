/** Minutes after which the engine renews its right to send. A copy that is older has lost it. */
export const renewalMinutes = 15;

/** Minutes for which the engine may send after it last saw that it has the right to send. */
export const seenMinutes = 10;

/** When the right to send was renewed and last seen, in business time. */
export type ClaimFacts = {
  /** True if the right was renewed since PostgreSQL started. Before, the database may be a copy. */
  isOfThisStart: boolean;
  claimedAt: string;
  seenAt: string;
};

/**
 * True if the engine may send a payout of this payday without another look at Stripe. Each payday
 * needs a renewal of its own. The SQL of `clearTry` repeats this rule, and a test compares the two.
 */
export function isClaimed(facts: ClaimFacts | null, payday: string | null, now: string): boolean {
  if (facts === null || !facts.isOfThisStart) return false;
  if (Date.parse(now) - Date.parse(facts.seenAt) > seenMinutes * 60_000) return false;
  return payday === null || payday > now || payday <= facts.claimedAt;
}

/** What the object at Stripe that stands for the right to send shows: its token, or why none. */
export type ShownRight = { token: string } | 'nothing' | 'forbidden';

/** What this database knows of the right to send. */
export type KnownRight = {
  token: string | null;
  /** The tokens that this engine may have set since. */
  nextTokens: readonly string[];
  /** The last of them, if it was chosen since PostgreSQL started. */
  next: string | null;
  /** True if a person resumed money although the key may not see or set the token. */
  isUnguarded: boolean;
  /** True if the right must be renewed: after a start, for a payday, or because time has passed. */
  isDue: boolean;
};

/**
 * What the engine does with the right to send:
 * - `held`: the engine has it. `renewed` is true if the token is the one that was just set.
 * - `renew`: the engine has it, or nobody does, and must set its next token.
 * - `unguarded`: the key never had the permission, or a person resumed money without it. Other
 *   engines cannot be seen.
 * - `lost`: another engine may have it, so money stops.
 */
export type RightVerdict =
  | { kind: 'held'; renewed: boolean }
  | { kind: 'renew' }
  | { kind: 'unguarded' }
  | { kind: 'lost'; to: string };

/**
 * Creates the idempotency key under which a token is replaced. Engines that start from the same
 * token use the same key, so only one of them replaces it.
 */
export function rightKey(from: string, round: number): string {
  return `right-to-send/${from}/${round}`;
}

/** Decides from Stripe's object whether this engine, and no copy of it, has the right to send. */
export function judgeRight(known: KnownRight, shown: ShownRight): RightVerdict {
  if (shown === 'forbidden') {
    return known.token === null || known.isUnguarded
      ? { kind: 'unguarded' }
      : { kind: 'lost', to: shown };
  }
  if (shown === 'nothing') {
    return known.token === null ? { kind: 'renew' } : { kind: 'lost', to: shown };
  }
  if (shown.token === known.next) return { kind: 'held', renewed: true };
  if (shown.token !== known.token && !known.nextTokens.includes(shown.token)) {
    return { kind: 'lost', to: shown.token };
  }
  return known.isDue || shown.token !== known.token
    ? { kind: 'renew' }
    : { kind: 'held', renewed: false };
}
