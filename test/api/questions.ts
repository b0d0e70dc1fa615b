import type { PayoutId, SellerId } from '../../domain/ids.ts';
import type { TestApi } from './harness.ts';

/** Whom a question is about. */
export type About = { sellerId: SellerId; payoutId?: PayoutId | undefined };

/** What an operator asks, and the shortest true answer; `-` is nothing. */
export type Answers = Record<Question, string>;
export type Question = keyof ReturnType<typeof questionsTo>;

type Sum = { amount: number; currency: string };
type Waiting = {
  for: string;
  actor: string;
  by: string | null;
  since: string | null;
  liftedBy: string;
  commands: { path: string }[];
};
// oxlint-disable-next-line typescript/no-explicit-any -- a stranger's view of JSON
type Body = any;

/** Each question as one call of the API. */
export function questionsTo(api: TestApi, { sellerId, payoutId }: About) {
  const get = async (path: string): Promise<Body> => (await api.get(path)).body;
  const seller = () => get(`/v1/sellers/${sellerId}/explain`);
  const payout = (then: (body: Body) => string) => async () =>
    payoutId === undefined ? '-' : then(await get(`/v1/payouts/${payoutId}/explain`));
  return {
    'why is this seller not paid?': async () =>
      list((await seller()).waits, ({ for: reason, actor }: Waiting) => `${reason} (${actor})`),

    'when next, and how much?': async () => {
      const [next] = (await seller()).next as { what: string; at: string; money: Sum | null }[];
      return next ? `${next.what}${next.at ? ', dated' : ''}${sum(', ', next.money)}` : '-';
    },

    'who holds it, since when, what lifts it?': async () => {
      const held = ({ for: reason }: Waiting) =>
        ['hold', 'paused', 'money-stopped'].includes(reason);
      const stops = ((await seller()).waits as Waiting[]).filter(held);
      return list(stops, ({ by, since, commands }) => {
        return `${by}, ${since ? 'dated' : 'undated'}, ${commands[0]?.path.split('/').at(-1)}`;
      });
    },

    'which earnings are in this payout?': payout(({ earnings }) =>
      list(earnings.first, (one: { externalId: string; amount: Sum }) => {
        return `${one.externalId}${sum(' ', one.amount)}`;
      }),
    ),

    'what did Stripe say?': payout(({ attempts }) =>
      list(attempts, (one: { step: string; state: string; refusal: string | null }) => {
        return `${one.step} ${one.refusal ?? one.state}`;
      }),
    ),

    'is it lost or late?': payout(({ isLate, waits }) => {
      const reasons = (waits as Waiting[]).map((one) => one.for);
      return isLate ? 'late' : reasons.includes('outcome-unknown') ? 'lost' : 'no';
    }),

    'what does the seller have to do, by when?': async () =>
      list((await seller()).requirements, (one: { description: string; deadlineAt: string }) => {
        return `${one.description.split('.').at(-1)} by ${one.deadlineAt?.slice(0, 10)}`;
      }),

    'what waits for me?': async () =>
      list((await get('/v1/attention')).data, (one: { reason: string; commands: unknown[] }) => {
        return `${one.reason}, ${one.commands.length} ways out`;
      }),

    'who decided this?': async () => {
      const of = payoutId === undefined ? seller() : get(`/v1/payouts/${payoutId}/explain`);
      return list((await of).decisions, (one: { what: string; apiKeyName: string }) => {
        return `${one.what} by ${one.apiKeyName}`;
      });
    },

    'what differs from Stripe?': async () => {
      const { data, type } = await get(`/v1/sellers/${sellerId}/balances?stripe=true`);
      if (type) return String(type).replace('/problems/', '');
      type Told = { stripe: { difference: Sum } };
      const differing = (data as Told[]).filter(({ stripe }) => stripe.difference.amount !== 0);
      return list(differing, ({ stripe }) => sum('', stripe.difference));
    },

    'what is missing to pay Friday?': async () => {
      type Told = { missing: { atMost: Sum }; notDue: { reason: string; money: Sum }[] };
      return list((await get('/v1/funding')).currencies, ({ missing, notDue }: Told) => {
        const others = notDue.map(({ reason, money }) => `; ${reason}${sum(' ', money)}`);
        return `${sum('', missing.atMost)}${others.join('')}`;
      });
    },

    'what would happen if I release this?': async () => {
      const [hold] = (await get(`/v1/holds?sellerId=${sellerId}&active=true`)).data;
      if (!hold) return '-';
      const { money, waits, goesOn } = await get(`/v1/holds/${hold.id}/preview`);
      const payable = list(money, (one: { payableThen: Sum }) => sum('', one.payableThen));
      const stays = list(waits, (one: Waiting) => one.for);
      return `${payable} payable, ${goesOn.length} go on, then ${stays}`;
    },
  };
}

/** Asks every question at once. */
export async function askAll(api: TestApi, about: About): Promise<Answers> {
  const asked = Object.entries(questionsTo(api, about)).map(async ([question, ask]) => {
    return [question, await ask()] as const;
  });
  return Object.fromEntries(await Promise.all(asked)) as Answers;
}

function list<Thing>(things: readonly Thing[], say: (thing: Thing) => string): string {
  return things.map(say).join(', ') || '-';
}

function sum(before: string, money: Sum | null): string {
  return money === null ? '' : `${before}${money.amount} ${money.currency}`;
}
