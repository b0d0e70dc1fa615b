import { auditBrakes } from './brakes.ts';
import { auditCharges } from './charges.ts';
import { auditCopies } from './copies.ts';
import type { Facts, Finding } from './facts.ts';
import { auditMoney } from './money.ts';
import { auditPayouts } from './payouts.ts';
import { auditSends } from './sends.ts';
import { auditService } from './service.ts';
import { auditUnordered } from './unordered.ts';

/**
 * Compares what the engine says with Stripe's book. The audit does its own arithmetic: it shares no
 * code with the engine or with the chaos run. Returns no findings if everything is right.
 */
export function audit(facts: Facts): Finding[] {
  return [
    ...auditPayouts(facts),
    ...auditCopies(facts),
    ...auditSends(facts),
    ...auditCharges(facts),
    ...auditMoney(facts),
    ...auditUnordered(facts),
    ...auditBrakes(facts),
    ...auditService(facts),
  ];
}
