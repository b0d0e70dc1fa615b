import type { Brake, Facts, Finding } from './facts.ts';

/**
 * How long a request may still arrive at Stripe after a hold, a pause or a stop of all money was
 * acknowledged: it had passed its last check before. A payout whose cancellation was answered with
 * `canceled` has no such request.
 */
const underWayMs = 65_000;

/**
 * Finds requests that move money although somebody had stopped that money, and was told so, and
 * brakes that ended by themselves.
 */
export function auditBrakes(facts: Facts): Finding[] {
  return [...sentAfter(facts), ...vanished(facts)];
}

/** Finds brakes that nobody released and that the API no longer lists. */
function vanished({ brakes, openBrakes }: Facts): Finding[] {
  const open = new Set(openBrakes);
  return brakes
    .filter(({ id, until }) => id !== null && until === null && !open.has(id))
    .map(({ what, id }) => {
      const words = `The ${what} is no longer active, and nobody released it`;
      return { rule: 'brake-vanished', about: String(id), words };
    });
}

function sentAfter({ brakes, sends, payouts }: Facts): Finding[] {
  const sellers = new Map(payouts.map(({ id, sellerId }) => [id, sellerId]));
  return sends.flatMap(({ at, key }) => {
    const [payoutId = ''] = key.split('/');
    const broken = brakes.find((brake) => {
      const isOfPayout = [null, payoutId, sellers.get(payoutId)].includes(brake.of);
      return isOfPayout && isOn(brake, at);
    });
    if (!broken) return [];
    const words = `${key} came ${at - broken.since} ms after the ${broken.what} was acknowledged`;
    return [{ rule: 'sent-after-brake', about: payoutId, words }];
  });
}

function isOn({ what, since, until }: Brake, at: number): boolean {
  const from = what === 'cancellation' ? since : since + underWayMs;
  return at > from && (until === null || at < until);
}
