import type { Source } from '../../domain/routing/corridors.ts';

/** The days on which a payment system is closed, in the grammar of date-holidays. */
type OwnDays = Source & { rules: readonly string[] };
/** A part of a country whose holidays in date-holidays count for the whole currency. */
type DaysOfState = Source & { country: string; state: string };

/**
 * Currencies whose payment system keeps other days than the national holidays that date-holidays
 * lists for a country.
 */
export const closedDays: Readonly<Record<string, OwnDays | DaysOfState>> = {
  // TARGET, the system of the euro, is open on every national holiday.
  eur: {
    source: 'ECB, T2 calendar of closing days',
    checkedOn: '2026-11-30',
    rules: ['01-01', 'easter -2', 'easter 1', '05-01', '12-25', '12-26'],
  },
  // A holiday on a Sunday is kept on Monday. One on a Saturday is not moved to Friday.
  usd: {
    source: 'Federal Reserve Banks, holiday schedules',
    checkedOn: '2026-11-30',
    rules: [
      '01-01 and if sunday then next monday',
      '3rd monday in January',
      '3rd monday in February',
      'monday before 06-01',
      '06-19 and if sunday then next monday',
      '07-04 and if sunday then next monday',
      '1st monday in September',
      '2nd monday in October',
      '11-11 and if sunday then next monday',
      '4th thursday in November',
      '12-25 and if sunday then next monday',
    ],
  },
  // Scotland and Northern Ireland keep days on which Faster Payments and Bacs are open.
  gbp: {
    source: 'gov.uk/bank-holidays, England and Wales',
    checkedOn: '2026-11-30',
    country: 'GB',
    state: 'ENG',
  },
};
