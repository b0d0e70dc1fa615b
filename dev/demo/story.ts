import { crash } from './chapters/crash.ts';
import { failingBank } from './chapters/failing-bank.ts';
import { firstPayout } from './chapters/first-payout.ts';
import { hold } from './chapters/hold.ts';
import { onboarding } from './chapters/onboarding.ts';
import { paydays } from './chapters/paydays.ts';
import type { Stage } from './stage.ts';

/** The chapters of the demo, in the order in which they are played. */
export const story: ((stage: Stage) => Promise<void>)[] = [
  onboarding,
  firstPayout,
  failingBank,
  hold,
  crash,
  paydays,
];
