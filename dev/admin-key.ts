import type { Settings } from './settings.ts';
import type { State } from './state.ts';

/** The key with which a person calls a running engine. */
export type AdminKey = {
  /** Where the key is stored, in words. */
  place: string;
  /** The shell expression that reads the key. */
  inShell: string;
  /** How to get another key. Undefined if the API accepts this one. */
  remedy: string | undefined;
};

/** Finds the admin key and checks whether the API still accepts it. */
export async function findAdminKey(
  env: Record<string, string>,
  { ports }: Settings,
  state: State,
): Promise<AdminKey> {
  const { status } = await fetch(`http://127.0.0.1:${ports.api}/v1/api-keys`, {
    headers: { authorization: `Bearer ${env.ADMIN_API_KEY}` },
  });
  const isTaken = status !== 401;
  if (process.env.ADMIN_API_KEY) {
    const remedy = 'Stop, set another ADMIN_API_KEY of 20 characters or more, and start again.';
    const named = { place: 'in ADMIN_API_KEY', inShell: '$ADMIN_API_KEY' };
    return { ...named, remedy: isTaken ? undefined : remedy };
  }
  const file = state.file('admin-key');
  const remedy = `Stop, remove that file, and start again: another is made.`;
  return { place: file, inShell: `$(cat ${file})`, remedy: isTaken ? undefined : remedy };
}
