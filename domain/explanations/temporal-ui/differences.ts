import { type Currency, formatMoney, money } from '../../money.ts';
import type { explainDiscrepancy } from '../../reconciliation/words.ts';
import { sayActors } from './markdown.ts';

type Difference = ReturnType<typeof explainDiscrepancy>;

/** A difference from Stripe: what it is, both sides, who must act, and what to do. Markdown. */
export function sayDifference(difference: Difference): string {
  const { explanation, remedy, owner } = difference;
  return `${begin(difference)}: ${explanation}. ${saySides(difference)}. Must act: ${sayActors([owner])}. ${remedy}`;
}

/** A difference whose cause and remedy another line says: only both sides. Markdown. */
export function sayDiffering(difference: Difference): string {
  return `${begin(difference)}. ${saySides(difference)}`;
}

function begin({ id, cause }: Difference): string {
  return `- differs from Stripe (\`${cause}\`, \`${id}\`)`;
}

/** What each side has, and how much the sides differ in each currency. */
function saySides({ inLedger, atStripe }: Difference): string {
  const say = (side: typeof inLedger | typeof atStripe): string =>
    side ? formatMoney(money(side.money.amount, side.money.currency)) : 'nothing';
  const sides = `The engine’s books have ${say(inLedger)}, Stripe has ${say(atStripe)}`;
  const more = new Map<Currency, number>();
  if (inLedger) more.set(inLedger.money.currency, 0 - inLedger.money.amount);
  if (atStripe) {
    const { currency, amount } = atStripe.money;
    more.set(currency, (more.get(currency) ?? 0) + amount);
  }
  const differ = [...more].filter(([, amount]) => amount !== 0);
  if (differ.length === 0) return sides;
  const said = differ.map(([currency, amount]) => {
    return `${formatMoney(money(Math.abs(amount), currency))} ${amount > 0 ? 'more' : 'less'}`;
  });
  return `${sides}: ${said.join(' and ')} at Stripe`;
}
