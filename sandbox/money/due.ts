import type { DueHandlers } from '../core/due.ts';

/** What happens to money when its time comes. */
export const moneyDue: DueHandlers = {};
