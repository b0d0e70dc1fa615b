/** Where the sandbox departs from the document on purpose. */
export type Difference = {
  /** The schema in the document, and the place inside of it; `*` stands for any item. */
  schema: string;
  path: string;
  /** The rule of the schema that is broken. */
  rule: string;
  reason: string;
};

const later = 'The package of API version 2026-10-28.endive has it; the document is older';

/** Every departure, one by one. The tour fails on one that it no longer meets. */
export const differences: readonly Difference[] = [
  {
    schema: 'charge',
    path: '/source',
    rule: 'additionalProperties',
    reason: 'Answered for charges made from a source, and typed by the package (Charges.d.ts)',
  },
  {
    schema: 'dispute',
    path: '/intended_submission_method',
    rule: 'additionalProperties',
    reason: `${later} (Disputes.d.ts)`,
  },
  {
    schema: 'dispute',
    path: '/network_reason_code',
    rule: 'additionalProperties',
    reason: `${later} at the top as well as in payment_method_details (Disputes.d.ts)`,
  },
  {
    schema: 'POST /v1/accounts/{account}/external_accounts request',
    path: '/external_account',
    rule: 'type',
    reason: 'The document types it as a token but describes, and takes, a dictionary as well',
  },
  ...['AccountListParams', 'EventDestinationListParams', 'EventListParams'].map((schema) => ({
    schema,
    path: '/page',
    rule: 'additionalProperties',
    reason: 'Not a parameter to choose: the package follows `next_page_url`, which carries it',
  })),
];
