import type { JSONColumnType } from 'kysely';
import type { AttentionKind, BulkCommand, BulkTarget } from '../../domain/attention/bulk.ts';
import type { ApiKeyId, AttentionListId, SellerId } from '../../domain/ids.ts';
import type { Instant, Maybe, MaybeInstant } from './columns.ts';

/** The tables of the lists that are shown before a command is given for many objects. */
export type AttentionTables = {
  attention_lists: {
    id: AttentionListId;
    command: BulkCommand;
    reason: Maybe<string>;
    filter: JSONColumnType<Record<string, unknown>>;
    made_by: ApiKeyId;
    made_at: Instant;
    expires_at: Instant;
    run_by: Maybe<ApiKeyId>;
    run_at: MaybeInstant;
    run_reason: Maybe<string>;
  };
  attention_items: {
    list_id: AttentionListId;
    position: number;
    kind: AttentionKind;
    object_id: string;
    seller_id: Maybe<SellerId>;
    target_kind: BulkTarget['kind'];
    target_id: string;
    state: string;
    outcome: Maybe<'done' | 'left-out'>;
    why: Maybe<string>;
    done_at: MaybeInstant;
  };
};
