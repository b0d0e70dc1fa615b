import type { Engine } from './engine.ts';
import type { Settings } from './settings.ts';
import type { State } from './state.ts';

/** What to show once all is up: where everything is, and a first call to copy. */
export function summary({ sandboxUrl }: Engine, settings: Settings, state: State): string {
  const { ports, temporalAddress, stripeKey } = settings;
  const api = `http://127.0.0.1:${ports.api}`;
  const keyFile = state.file('admin-key');
  const temporal = temporalAddress ?? `http://127.0.0.1:${ports.temporalUi}`;
  return `
payout-engine is up. Ctrl-C stops it; the next npm start goes on from here.

  API           ${api}
  Temporal UI   ${temporal}
  Stripe        ${stripeKey ? 'Stripe itself, with STRIPE_SECRET_KEY' : `the sandbox, ${sandboxUrl}`}
  Admin key     ${keyFile}
  Logs          ${state.file('logs')}

Create a first seller:

  curl ${api}/v1/sellers \\
    -H "Authorization: Bearer $(cat ${keyFile})" -H "Idempotency-Key: first-seller" \\
    -H "Content-Type: application/json" \\
    -d '{"email":"ada@example.com","country":"DE"}'

The README goes on from there, to the first payout.
`;
}
