import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { CapabilityDetail } from '../../domain/accounts/capabilities.ts';
import type { EventFacts, EventObject, EventType } from '../../domain/events.ts';
import type { SkipReason } from '../../domain/funds.ts';
import type { HoldReasonCode, HoldSource, ReleaseRule } from '../../domain/holds.ts';
import type {
  ApiKeyId,
  CommandId,
  DiscrepancyId,
  EarningId,
  EventId,
  HoldId,
  PayoutId,
  SellerId,
  SellerPauseId,
  StripeAccountId,
  StripePayoutId,
  TransferId,
} from '../../domain/ids.ts';
import type { EntryKind, Place } from '../../domain/ledger.ts';
import type { ParkReason, SellerParkReason } from '../../domain/parking/reasons.ts';
import type { Schedule } from '../../domain/paydays/schedule.ts';
import type { CancelAnswer, PayoutStatus } from '../../domain/payouts/states.ts';
import type { Agreement, Flow } from '../../domain/routing/route.ts';
import type { SellerStatus } from '../../domain/sellers.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import type { WaitReason } from '../../domain/waits.ts';
import type { WakeTopic } from '../../domain/wake-ups.ts';
import type { AccountTables } from './accounts.ts';
import type { AttentionTables } from './attention.ts';
import type { Instant, Json, Maybe, MaybeDay, MaybeInstant, MaybeJson } from './columns.ts';
import type { OperationsTables } from './operations.ts';
import type { ReceiptTables } from './receipts.ts';
import type { BooksTables } from './reconciliation.ts';
import type { StripeTables } from './stripe.ts';

/** Every table, as the migrations create it. */
export type Database = AccountTables &
  ReceiptTables &
  AttentionTables &
  BooksTables &
  OperationsTables &
  StripeTables & {
    clock: { id: Generated<boolean>; offset_ms: Generated<number> };
    api_keys: {
      id: ApiKeyId;
      name: string;
      role: 'admin' | 'read';
      hash: Buffer;
      is_variable: Generated<boolean>;
      created_at: Instant;
      revoked_at: MaybeInstant;
    };
    sellers: SellersTable;
    seller_pauses: SellerPausesTable;
    earnings: {
      id: EarningId;
      seller_id: SellerId;
      external_id: Maybe<string>;
      amount: number;
      currency: string;
      charge: Maybe<string>;
      available_on: MaybeInstant;
      charge_tried_at: MaybeInstant;
      description: Maybe<string>;
      allocated: Generated<number>;
      held: Generated<number>;
      brought_by: Maybe<string>;
      place: Generated<'platform' | 'account'>;
      changes: Generated<number>;
      changed_at: MaybeInstant;
      withdrawn_at: MaybeInstant;
      created_at: Instant;
    };
    earning_changes: {
      earning_id: EarningId;
      number: number;
      amount_before: number;
      amount_after: number;
      charge_before: Maybe<string>;
      charge_after: Maybe<string>;
      reason: string;
      changed_by: string;
      changed_at: Instant;
    };
    payouts: PayoutsTable;
    holds: {
      id: HoldId;
      seller_id: SellerId;
      source: HoldSource;
      reason_code: Generated<HoldReasonCode>;
      reason: string;
      about: Maybe<DiscrepancyId>;
      earning_id: Maybe<EarningId>;
      currency: Maybe<string>;
      amount: Maybe<number>;
      placed_at: Instant;
      placed_by: string;
      release_rule: ReleaseRule;
      expires_at: MaybeInstant;
      released_at: MaybeInstant;
      released_by: Maybe<string>;
      release_reason: Maybe<string>;
    };
    payout_items: {
      payout_id: PayoutId;
      earning_id: EarningId;
      amount: number;
      released_at: MaybeInstant;
    };
    ledger_entries: {
      id: Generated<number>;
      event_key: string;
      kind: EntryKind;
      seller_id: SellerId;
      currency: string;
      from_place: Place;
      to_place: Place;
      amount: number;
      payout_id: Maybe<PayoutId>;
      stripe_id: Maybe<string>;
      created_at: Instant;
    };
    balances: { seller_id: SellerId; currency: string; place: Place; amount: number };
    inbox: {
      event_id: string;
      type: string;
      account: Maybe<string>;
      object_id: Maybe<string>;
      via: 'webhook' | 'sweep';
      received_at: Instant;
    };
    wake_ups: {
      workflow_id: string;
      topics: WakeTopic[];
      version: Generated<number>;
      since: Instant;
    };
    commands: {
      id: CommandId;
      api_key_id: ApiKeyId;
      idempotency_key: string;
      act: Generated<number>;
      request_hash: Buffer;
      kind: string;
      object_id: string;
      status: Generated<'running' | 'done'>;
      answer_status: Maybe<number>;
      answer: MaybeJson;
      created_at: Instant;
      done_at: MaybeInstant;
    };
    events: {
      position: Generated<number>;
      id: Generated<EventId>;
      type: EventType;
      object_kind: Generated<EventObject>;
      object_id: string;
      seller_id: Maybe<SellerId>;
      sequence: number;
      turn: number;
      data: JSONColumnType<EventFacts>;
      created_at: Instant;
    };
    event_order: { id: Generated<boolean>; added: Generated<number> };
    job_steps: {
      job: string;
      step: string;
      every_seconds: number;
      since: Instant;
      finished_at: MaybeInstant;
    };
    overdue: { workflow_id: string; since: Instant; noted_at: Instant };
    sweep_cursors: { name: string; cursor: string };
  };

type SellerPausesTable = {
  id: SellerPauseId;
  seller_id: SellerId;
  reason: string;
  paused_by: string;
  paused_at: Instant;
  confirmed_at: Instant;
  lifted_at: MaybeInstant;
  lifted_by: Maybe<string>;
  lift_reason: Maybe<string>;
};

type SellersTable = {
  id: SellerId;
  external_id: Maybe<string>;
  status: Generated<SellerStatus>;
  email: string;
  display_name: Maybe<string>;
  country: string;
  currency: string;
  flow: Generated<Flow>;
  entity_type: 'individual' | 'company';
  metadata: Json;
  stripe_account: Maybe<StripeAccountId>;
  transfers_capability: Maybe<string>;
  payouts_capability: Maybe<string>;
  capability_details: ColumnType<CapabilityDetail[], string | undefined, string>;
  account_country: Maybe<string>;
  service_agreement: Maybe<Agreement>;
  account_read_at: MaybeInstant;
  lists_banks: Generated<boolean>;
  payouts_manual_at: MaybeInstant;
  schedule: ColumnType<Schedule | null, string | null | undefined, string | null>;
  next_payout_at: MaybeInstant;
  threshold_look_at: MaybeInstant;
  account_tried_at: MaybeInstant;
  movements_read_at: MaybeInstant;
  movements_until: MaybeInstant;
  earns_at_account: Generated<boolean>;
  books_checked_at: MaybeInstant;
  look_again_at: MaybeInstant;
  parked: Maybe<SellerParkReason>;
  paused_at: MaybeInstant;
  closed_at: MaybeInstant;
  closed_by: Maybe<string>;
  close_reason: Maybe<string>;
  reopened_at: MaybeInstant;
  reopened_by: Maybe<string>;
  reopen_reason: Maybe<string>;
  /** Set by triggers. */
  parked_at: MaybeInstant;
  rejected_at: MaybeInstant;
  asked_now: Generated<number>;
  asked_by: MaybeInstant;
  created_at: Instant;
};

type PayoutsTable = {
  id: PayoutId;
  seller_id: SellerId;
  currency: string;
  requested_amount: Maybe<number>;
  status: Generated<PayoutStatus>;
  from_platform: Generated<number>;
  from_account: Generated<number>;
  stripe_account: Maybe<StripeAccountId>;
  transfer_id: Maybe<TransferId>;
  arrives_at: MaybeInstant;
  stripe_payout_id: Maybe<StripePayoutId>;
  bank_expected_on: MaybeDay;
  last_read_at: MaybeInstant;
  last_read_status: Maybe<string>;
  failure_code: Maybe<string>;
  destination_payment: Maybe<string>;
  bank_account: Maybe<string>;
  destination: Maybe<string>;
  trace_status: Maybe<string>;
  trace_id: Maybe<string>;
  awaits_details: Generated<boolean>;
  replaces: Maybe<PayoutId>;
  adopted_at: MaybeInstant;
  skip_reason: Maybe<SkipReason>;
  skip_minimum: Maybe<number>;
  paid_by: Maybe<string[]>;
  paid_outside: Maybe<string>;
  paid_reason: Maybe<string>;
  return_reason: Maybe<string>;
  waiting_for: Maybe<WaitReason>;
  waits_since: MaybeInstant;
  look_again_at: MaybeInstant;
  parked: Maybe<ParkReason>;
  parked_at: MaybeInstant;
  parked_detail: Maybe<string>;
  unknown_step: Maybe<MoneyStep>;
  named_stripe_id: Maybe<string>;
  look_ups: Generated<number>;
  ordered_by: string;
  payday: MaybeInstant;
  last_payday: MaybeInstant;
  cut_off_at: MaybeInstant;
  cancel_ordered_at: MaybeInstant;
  cancel_ordered_by: Maybe<string>;
  cancel_answer: Maybe<CancelAnswer>;
  created_at: Instant;
  started_at: MaybeInstant;
  reserved_at: MaybeInstant;
  sent_at: MaybeInstant;
  paid_at: MaybeInstant;
  watch_until: MaybeInstant;
  over_at: MaybeInstant;
};
