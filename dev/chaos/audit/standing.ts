import type { Facts } from './facts.ts';
import { getJson } from './stripe-log.ts';

type Standing = Pick<Facts, 'openBrakes' | 'losses' | 'revokedKeys'>;

/** Reads what must be as it was ordered: brakes, lost changes, and keys that were revoked. */
export async function readStanding(
  { api, apiKey }: { api: string; apiKey: string },
  sellers: readonly { pauses: { id: string }[] }[],
  holds: readonly { id: string }[],
  revoked: readonly string[],
): Promise<Standing> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const { stops } = await getJson<{ stops: { id: string }[] }>(`${api}/v1/operations`, headers);
  const { data: starts } = await getJson<{ data: { id: string; cause: string | null }[] }>(
    `${api}/v1/recovery/starts`,
    headers,
  );
  const revokedKeys = await Promise.all(
    revoked.map(async (key) => {
      const answer = await fetch(`${api}/v1/operations`, {
        headers: { authorization: `Bearer ${key}` },
      });
      return { status: answer.status };
    }),
  );
  return {
    openBrakes: [...sellers.flatMap(({ pauses }) => pauses), ...holds, ...stops].map(
      ({ id }) => id,
    ),
    losses: starts.flatMap(({ id, cause }) => (cause === null ? [] : [{ id, cause }])),
    revokedKeys,
  };
}
