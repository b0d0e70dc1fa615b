import type { Facts, Finding } from './facts.ts';
import { auditMoney } from './money.ts';
import { auditPayouts } from './payouts.ts';
import { auditService } from './service.ts';

/**
 * Holds what the engine says against what stands in Stripe's book. It shares no code with the
 * engine, nor with what drives it: its arithmetic is its own. Best answers with nothing.
 */
export function audit(facts: Facts): Finding[] {
  return [...auditPayouts(facts), ...auditMoney(facts), ...auditService(facts)];
}
