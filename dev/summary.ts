import type { AdminKey } from './admin-key.ts';
import type { Engine } from './engine.ts';
import type { Settings } from './settings.ts';
import type { State } from './state.ts';

/** The text that is shown once everything runs: all addresses, and a first call to copy. */
export function summary(
  { sandboxUrl }: Engine,
  settings: Settings,
  state: State,
  key: AdminKey,
): string {
  const { ports, stripeKey } = settings;
  const api = `http://127.0.0.1:${ports.api}`;
  return `
payout-engine is up. Ctrl-C stops it; the next npm start continues from here.

  API           ${api}, and a page to try it: ${api}/docs
  Temporal UI   ${temporalUi(settings)}
  Stripe        ${stripeKey ? 'Stripe itself, with STRIPE_SECRET_KEY' : `the sandbox, ${sandboxUrl}`}
  Admin key     ${key.place}${key.remedy === undefined ? '' : ' (revoked)'}
  Logs          ${state.file('logs')}

${key.remedy === undefined ? firstCall(api, key, state) : revoked(key.remedy)}
`;
}

/**
 * The lists with which an operator begins. The list of all workflows also contains the jobs. Without
 * `!=` and `IN`, whose filters the UI shows wrongly.
 */
const lists = {
  'sellers and payouts':
    '(WorkflowType = "sellerLifecycle" OR WorkflowType = "payout") AND (ExecutionStatus = "Running" OR ExecutionStatus = "Completed" OR ExecutionStatus = "Failed")',
  'what needs a person': 'NeedsOperator = true AND ExecutionStatus = "Running"',
};

function temporalUi({ temporalAddress, ports, namespace }: Settings): string {
  if (temporalAddress !== undefined) return temporalAddress;
  const ui = `http://127.0.0.1:${ports.temporalUi}`;
  const links = Object.entries(lists).map(([name, query]) => {
    const all = `${ui}/namespaces/${namespace}/workflows`;
    return `\n                ${name}: ${all}?query=${encodeURIComponent(query)}`;
  });
  return `${ui}${links.join('')}`;
}

function firstCall(api: string, { inShell }: AdminKey, state: State): string {
  return `Create a first seller, in a second terminal:
${sameVariables(state)}
  curl ${api}/v1/sellers \\
    -H "Authorization: Bearer ${inShell}" \\
    -H "Idempotency-Key: $(od -An -N8 -tx1 /dev/urandom | tr -d ' ')" -H "Content-Type: application/json" \\
    -d '{"email":"ada@example.com","country":"DE"}'

The README shows the whole way to a first payout.`;
}

/** The launcher's variables that the person has set and that a second terminal needs too. */
function sameVariables({ folder }: State): string {
  const ports = ['API', 'SANDBOX', 'TEMPORAL_UI', 'TEMPORAL', 'POSTGRES'];
  const names = ['PAYOUT_ENGINE_STATE', ...ports.map((name) => `${name}_PORT`)];
  const set = names.flatMap((name) => {
    const value = name === 'PAYOUT_ENGINE_STATE' ? folder : process.env[name];
    return process.env[name] ? `${name}='${value}'` : [];
  });
  return set.length === 0 ? '' : `\n  export ${set.join(' ')}`;
}

function revoked(remedy: string): string {
  return `The admin key was revoked, so the API no longer accepts it. Use another key with role
admin, or create one: ${remedy}`;
}
