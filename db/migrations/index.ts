import type { Migration } from 'kysely/migration';
import * as foundation from './0001-foundation.ts';
import * as commandsAndLists from './0002-commands-and-lists.ts';
import * as wakeUpVersions from './0003-wake-up-versions.ts';
import * as holds from './0004-holds.ts';
import * as accounts from './0005-accounts.ts';
import * as attention from './0006-attention.ts';
import * as schedules from './0007-schedules.ts';
import * as checks from './0008-checks.ts';
import * as confirmations from './0009-confirmations.ts';
import * as chargesInTurn from './0010-charges-in-turn.ts';
import * as books from './0011-books.ts';
import * as events from './0012-events.ts';
import * as restored from './0013-restored.ts';
import * as expectedAndRejected from './0014-expected-and-rejected.ts';
import * as accountDetails from './0015-account-details.ts';
import * as attentionLists from './0016-attention-lists.ts';
import * as moreEvents from './0017-more-events.ts';
import * as alive from './0018-alive.ts';
import * as oneOrderForAllKeys from './0019-one-order-for-all-keys.ts';
import * as filteredPayouts from './0020-filtered-payouts.ts';

/** Every migration by its name, in order. A released one is never edited. */
export const migrations: Record<string, Migration> = {
  '0001-foundation': foundation,
  '0002-commands-and-lists': commandsAndLists,
  '0003-wake-up-versions': wakeUpVersions,
  '0004-holds': holds,
  '0005-accounts': accounts,
  '0006-attention': attention,
  '0007-schedules': schedules,
  '0008-checks': checks,
  '0009-confirmations': confirmations,
  '0010-charges-in-turn': chargesInTurn,
  '0011-books': books,
  '0012-events': events,
  '0013-restored': restored,
  '0014-expected-and-rejected': expectedAndRejected,
  '0015-account-details': accountDetails,
  '0016-attention-lists': attentionLists,
  '0017-more-events': moreEvents,
  '0018-alive': alive,
  '0019-one-order-for-all-keys': oneOrderForAllKeys,
  '0020-filtered-payouts': filteredPayouts,
};
