import type { LeftOut } from '../../db/attention/runs.ts';
import type { BulkCommand } from '../../domain/attention.ts';

/** What a command for many does to each of them. */
export const bulkWords: Record<BulkCommand, string> = {
  retry: 'Payouts and sellers whose cause is removed go on, as by their own `retry`',
  cancel: 'Payouts that Stripe refused are called off, as by their own `cancel`',
  'release-hold': 'The holds that were placed with a difference are released',
  'resume-bank-account':
    'Paused bank accounts of the seller, in the currency that waits, may be paid to again',
  'pause-seller': 'No payout of the seller starts any more',
  'resume-seller': 'Payouts of the seller may start again',
};

/** Why a command does nothing to something that waits, or did nothing when the list was run. */
export const leftOutWords: Record<LeftOut, string> = {
  'look-first': 'Nobody knows what Stripe did: look there, then confirm it by itself',
  'not-offered': 'This is not what resolves it: see its commands',
  'outcome-open': 'A request to Stripe about it has no answer yet',
  'too-late': 'It is paid or over',
  'no-seller': 'It is about no seller',
  'seller-closed': 'The seller is closed',
  'paused-already': 'The seller is paused already',
  'not-paused': 'The seller is not paused',
  'no-hold': 'No hold that was placed with it holds anything',
  'no-paused-bank-account': 'No bank account for this money is paused',
  'same-target': 'It is done with another one of this list',
  'waits-no-more': 'It no longer waits for a person',
  changed: 'It does not stand as it was shown any more',
};
