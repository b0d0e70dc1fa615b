import type { Settings } from '../settings.ts';
import type { State } from '../state.ts';
import type { Person } from './stage.ts';

/** Where to look on, once the story is told. */
export function farewell({ ports }: Settings, state: State, people: readonly Person[]): string {
  const ui = `http://127.0.0.1:${ports.temporalUi}/namespaces/default/workflows`;
  const keyIn = process.env.ADMIN_API_KEY ? 'ADMIN_API_KEY' : state.file('admin-key');
  const found = (query: string): string => `${ui}?query=${encodeURIComponent(query)}`;
  const sellers = people.map(({ name, id }) => {
    return `  ${name.padEnd(9)} ${found(`SellerId = "${id}"`)}`;
  });
  return `
Everything stays up until Ctrl-C. In the Temporal UI, each seller with their payouts:

${sellers.join('\n')}

The API is described at http://127.0.0.1:${ports.api}/docs; its key is in ${keyIn}
`;
}
