import { readMarkets, setMarkets } from '../books/markets.ts';
import { isCurrency } from '../books/money.ts';
import { showDispute } from '../books/views.ts';
import { flag, integer, listOf, mapOf, required, text } from '../core/params.ts';
import { platformId, type World } from '../core/world.ts';
import { openDispute } from '../disputes/life.ts';
import { failPayout, payPayout } from '../payouts/life.ts';
import { ownerOf, view } from '../store/objects.ts';
import type { Payout, Topup } from '../store/records.ts';
import { failTopup, reverseTopup, succeedTopup } from '../topups/life.ts';
import { control, type ControlCall, refuse } from './define.ts';

const why = { failureCode: required(text()) };
const markets = { microDollars: mapOf(required(integer())), closedTo: listOf(text()) };
const claim = { reason: text(), inquiry: flag() };

/** What a test does in the place of a bank or of a market. */
export const moneyControls = [
  control('POST payouts/:id/pay', {}, (call) => settle(call, payPayout)),
  control('POST payouts/:id/fail', why, (call, { failureCode }) =>
    settle(call, (w, id) => failPayout(w, id, failureCode)),
  ),
  control('POST charges/:id/dispute', claim, ({ surface: { w }, id }, params) => {
    const { reason = 'fraudulent', inquiry = false } = params;
    const opened = w.db.transaction(() => {
      const account = ownerOf(w, id) ?? platformId;
      return openDispute(w, account, id, { reason, inquiry });
    });
    return showDispute(w, opened.dispute);
  }),
  control('GET markets', {}, ({ surface: { w } }) => readMarkets(w)),
  control('PUT markets', markets, ({ surface: { w } }, { microDollars = {}, closedTo = [] }) => {
    for (const [currency, worth] of Object.entries(microDollars)) {
      if (!isCurrency(currency)) throw refuse(`${currency} is no currency`, 'microDollars');
      if (worth < 1) throw refuse(`${currency} is worth at least 1`, 'microDollars');
    }
    setMarkets(w, { microDollars, closedTo });
    return readMarkets(w);
  }),
  control('POST topups/:id/succeed', {}, (call) => settle(call, succeedTopup)),
  control('POST topups/:id/fail', why, (call, { failureCode }) =>
    settle(call, (w, id) => failTopup(w, id, failureCode)),
  ),
  control('POST topups/:id/reverse', {}, (call) => settle(call, reverseTopup)),
];

function settle(
  { surface: { w }, id }: ControlCall,
  act: (w: World, id: string) => Payout | Topup,
): object {
  return view(w.db.transaction(() => act(w, id)));
}
