import { view } from '../core/objects.ts';
import { required, text } from '../core/params.ts';
import type { Payout, Topup } from '../core/records.ts';
import type { World } from '../core/world.ts';
import { failPayout, payPayout } from '../money/payout-life.ts';
import { failTopup, reverseTopup, succeedTopup } from '../money/topups.ts';
import { control } from './control.ts';
import type { ControlCall } from './control.ts';

const why = { failureCode: required(text()) };

/** What a test does in the place of a bank. */
export const moneyControls = [
  control('POST payouts/:id/pay', {}, (call) => settle(call, payPayout)),
  control('POST payouts/:id/fail', why, (call, { failureCode }) =>
    settle(call, (w, id) => failPayout(w, id, failureCode)),
  ),
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
