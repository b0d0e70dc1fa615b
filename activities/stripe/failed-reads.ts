import type { Db } from '../../db/connect.ts';
import { recordFailedRead } from '../../db/failed-reads/rows.ts';
import { recordCheck } from '../../db/operations/checks.ts';
import { type AccountRead } from '../../domain/failed-reads/accounts.ts';
import {
  type PlatformRead,
  readableCheck,
  sayPlatformRead,
} from '../../domain/failed-reads/platform.ts';
import type { StripeAccountId } from '../../domain/ids.ts';
import { isReadFailure, readErrorOf } from './call-once.ts';

/**
 * Records why a read of an account failed, so that the seller is held and a person is told. Does
 * nothing if the error is not about a read.
 */
export async function noteFailedRead(
  db: Db,
  of: { account: StripeAccountId; what: AccountRead; compareFrom?: string },
  error: unknown,
): Promise<void> {
  const why = readErrorOf(error);
  if (why) await recordFailedRead(db, { ...of, error: why, refused: !isReadFailure(error) });
}

/**
 * Reads something of the platform itself, and records in a check whether Stripe lets the key read
 * it. A missing answer is not recorded: it says nothing about the permissions of the key.
 */
export async function checkingRead<T>(
  db: Db,
  what: PlatformRead,
  read: () => Promise<T>,
): Promise<T> {
  const name = readableCheck(what);
  try {
    const answer = await read();
    await recordCheck(db, { name, passed: true, remedy: sayPlatformRead(what, null) });
    return answer;
  } catch (error) {
    const why = readErrorOf(error);
    if (why && !isReadFailure(error)) {
      await recordCheck(db, { name, passed: false, remedy: sayPlatformRead(what, why) });
    }
    throw error;
  }
}
