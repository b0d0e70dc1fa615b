import { refusal } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { mergeMetadata, metadata } from '../core/metadata.ts';
import { dropUndefined, flag, required, text, unsettable } from '../core/params.ts';
import { platformId } from '../core/world.ts';
import { emit } from '../events/emit.ts';
import { platform, type Route } from '../http/routes.ts';
import {
  changedFrom,
  insertRecord,
  ownerOf,
  readRecord,
  saveRecord,
  view,
} from '../store/objects.ts';
import type { Product } from '../store/product-record.ts';

/** `/v1/products`, as far as an object with a chosen id needs it. */
export const productRoutes: Route[] = [
  platform(
    'POST /v1/products',
    {
      active: flag(),
      description: text(),
      id: text(),
      metadata: metadata(),
      name: required(text()),
    },
    ({ w }, { id, active, description, metadata: given, name }) => {
      if (id !== undefined && ownerOf(w, id) !== undefined) {
        throw refusal('Product already exists.', { code: 'resource_already_exists' });
      }
      const now = w.clock.seconds();
      const product: Product = {
        id: id ?? newId('prod'),
        object: 'product',
        active: active ?? true,
        created: now,
        default_price: null,
        description: description ?? null,
        images: [],
        livemode: false,
        marketing_features: [],
        metadata: mergeMetadata({}, given),
        name: name ?? '',
        package_dimensions: null,
        shippable: null,
        statement_descriptor: null,
        tax_code: null,
        unit_label: null,
        updated: now,
        url: null,
      };
      insertRecord(w, 'product', platformId, product);
      emit(w, 'product.created', platformId, view(product));
      return view(product);
    },
  ),
  platform('GET /v1/products/:id', {}, ({ w, id }) =>
    view(readRecord(w, 'product', id, platformId)),
  ),
  platform(
    'POST /v1/products/:id',
    { active: flag(), description: unsettable(text()), metadata: metadata(), name: text() },
    ({ w, id }, { metadata: patch, ...params }) => {
      const before = readRecord(w, 'product', id, platformId);
      const after: Product = {
        ...before,
        ...dropUndefined(params),
        metadata: mergeMetadata(before.metadata, patch),
        updated: w.clock.seconds(),
      };
      saveRecord(w, after);
      const shown = view(after);
      emit(w, 'product.updated', platformId, shown, changedFrom(before, after));
      return shown;
    },
  ),
];
