/**
 * How far a line of Stripe's books is understood.
 * - `open`: ours, and no entry says it yet; looked at again each time.
 * - `claimed`: an entry says it.
 * - `own`: nothing moved, or it is the platform's own business.
 * - `unknown-payout`: in the name of a payout that is not in the database.
 */
export type Standing = 'open' | 'claimed' | 'own' | 'unknown-payout';
