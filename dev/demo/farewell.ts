import type { Settings } from '../settings.ts';

/** Where to look on, once the story is told. */
export function farewell({ ports }: Settings, once: boolean): string {
  if (once) return '\nAll told, everything agrees.';
  const ui = `http://127.0.0.1:${ports.temporalUi}/namespaces/default/workflows`;
  const query = (type: string): string =>
    `${ui}?query=${encodeURIComponent(`WorkflowType = "${type}"`)}`;
  return `
Everything stays up until Ctrl-C. Look around:

  Sellers   ${query('sellerLifecycle')}
  Payouts   ${query('payout')}
  The API   http://127.0.0.1:${ports.api}/docs
`;
}
