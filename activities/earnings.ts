import { type ReadCharge, toReadCharge } from './stripe/charges.ts';
import { readStripe, type StripeDeps } from './stripe/call-once.ts';

/** Reads a charge that an earning names. Null while the earning must keep waiting. */
export async function readCharge(deps: StripeDeps, id: string): Promise<ReadCharge | null> {
  const charge = await readStripe(deps, 'GET /v1/charges', () =>
    deps.stripe.charges.retrieve(id, { expand: ['balance_transaction'] }),
  );
  return toReadCharge(charge);
}
