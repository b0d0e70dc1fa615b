// The code of the page at /docs, which shows the OpenAPI document and sends requests. It runs in
// the browser. Texts of the document and of answers are inserted as text, never as markup.
import { el, exampleOf, refOf, schemaView } from './schemas.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const keyField = document.querySelector('#key');

function operationsOf(document_) {
  const groups = new Map((document_.tags ?? []).map(({ name }) => [name, []]));
  for (const [path, item] of Object.entries(document_.paths)) {
    for (const method of methods.filter((name) => item[name])) {
      const operation = item[method];
      const group = operation.tags?.[0] ?? 'Other';
      const id = operation.operationId ?? `${method}${path.replaceAll(/\W+/g, '-')}`;
      groups.set(group, [...(groups.get(group) ?? []), { id, method, path, operation }]);
    }
  }
  return groups;
}

const document_ = await (await fetch('/openapi.json')).json();
const groups = operationsOf(document_);

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `docs-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Creates the row of a request field, and a function that reads its value. */
function fieldOf(id, { name, in: where, required, schema, description }) {
  const resolved = refOf(document_, schema ?? {});
  const isKey = name === 'idempotency-key';
  const input = resolved.enum
    ? el('select', {}, [
        ...(required ? [] : [el('option', { value: '' }, '')]),
        ...resolved.enum.map((value) => el('option', { value }, value)),
      ])
    : el('input', { spellcheck: 'false', placeholder: String(resolved.default ?? '') });
  input.id = `${id}-${name}`;
  if (isKey) input.value = newKey();
  const label = el('label', { for: input.id, class: required ? 'must' : '' }, name);
  const said = description ?? resolved.description ?? '';
  const note = el('small', {}, [where === 'path' ? '' : `${where}. `, said].join(''));
  return { name, where, required, isKey, input, row: [label, el('div', {}, [input, note])] };
}

function requestOf({ method, path }, fields, bodyField) {
  let url = path;
  const query = new URLSearchParams();
  const headers = { authorization: `Bearer ${keyField.value}` };
  for (const { name, where, input } of fields) {
    if (where === 'path') url = url.replace(`{${name}}`, encodeURIComponent(input.value));
    else if (input.value === '') continue;
    else if (where === 'query') query.set(name, input.value);
    else headers[name] = input.value;
  }
  if (query.size > 0) url += `?${query}`;
  if (bodyField) headers['content-type'] = 'application/json';
  return { url, init: { method: method.toUpperCase(), headers, body: bodyField?.value } };
}

function curlOf({ url, init }) {
  const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  const headers = Object.entries(init.headers).map(([name, value]) =>
    name === 'authorization'
      ? '-H "Authorization: Bearer $API_KEY"'
      : `-H ${quote(`${name}: ${value}`)}`,
  );
  const sent = init.body === undefined ? [] : [`-d ${quote(init.body)}`];
  const target = quote(location.origin + url);
  return [`curl -X ${init.method} ${target}`, ...headers, ...sent].join(' \\\n  ');
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function send(request, shown) {
  const start = performance.now();
  try {
    const answer = await fetch(request.url, request.init);
    const text = await answer.text();
    const took = Math.round(performance.now() - start);
    const good = answer.ok ? 'good' : 'bad';
    const replayed = answer.headers.get('idempotent-replayed')
      ? ', a repeat of the first answer'
      : '';
    shown.replaceChildren(
      el('h3', {}, [
        el('span', { class: `status ${good}` }, `${answer.status} ${answer.statusText}`),
        el('span', { class: 'quiet' }, ` in ${took} ms${replayed}`),
      ]),
      el('pre', { tabindex: '0' }, pretty(text)),
      el('details', {}, [
        el('summary', { class: 'quiet' }, 'As curl'),
        el('pre', {}, curlOf(request)),
      ]),
    );
    return answer.ok;
  } catch (error) {
    shown.replaceChildren(el('p', { class: 'status bad' }, `No answer: ${error.message}`));
    return false;
  }
}

function formOf(entry) {
  const { id, operation } = entry;
  const fields = (operation.parameters ?? []).map((parameter) => fieldOf(id, parameter));
  const schema = operation.requestBody?.content?.['application/json']?.schema;
  const bodyField = schema && el('textarea', { rows: '6', spellcheck: 'false', id: `${id}-body` });
  if (bodyField) {
    bodyField.value = JSON.stringify(exampleOf(document_, schema), null, 2);
    bodyField.rows = Math.min(16, bodyField.value.split('\n').length + 1);
  }
  const shown = el('div', { 'aria-live': 'polite' });
  const button = el('button', { type: 'submit' }, 'Send');
  const form = el('form', {}, [
    ...(fields.length > 0
      ? [
          el('h3', {}, 'Parameters'),
          el(
            'div',
            { class: 'fields' },
            fields.flatMap(({ row }) => row),
          ),
        ]
      : []),
    ...(bodyField
      ? [
          el('h3', {}, [el('label', { for: bodyField.id }, 'Body')]),
          bodyField,
          el('details', { class: 'answer' }, [
            el('summary', { class: 'quiet' }, 'Its fields'),
            schemaView(document_, schema),
          ]),
        ]
      : []),
    el('div', { class: 'send' }, [button]),
    shown,
  ]);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const missing = fields.find(({ required, input }) => required && input.value === '');
    if (missing) return missing.input.focus();
    button.disabled = true;
    const done = await send(requestOf(entry, fields, bodyField), shown);
    button.disabled = false;
    const key = fields.find(({ isKey }) => isKey);
    if (done && key) key.input.value = newKey();
  });
  return form;
}

function answersOf({ operation }) {
  return Object.entries(operation.responses ?? {}).map(([status, { description, content }]) => {
    const [type, media] = Object.entries(content ?? {})[0] ?? [];
    const line = el('summary', {}, [
      el('span', { class: `status ${status < '4' ? 'good' : 'bad'}` }, status),
      ` ${description}`,
      type && type !== 'application/json' ? el('span', { class: 'quiet' }, ` ${type}`) : '',
    ]);
    return el('details', { class: 'answer' }, [
      line,
      ...(media?.schema ? [schemaView(document_, media.schema)] : []),
    ]);
  });
}

/**
 * Creates the view of an operation. Its contents are created when it is first opened, because a
 * hundred forms would make the page slow.
 */
function operationView(entry) {
  const { id, method, path, operation } = entry;
  const view = el('details', { class: 'operation', id }, [
    el('summary', {}, [
      el('span', { class: `method ${method}` }, method.toUpperCase()),
      el('span', { class: 'path' }, path),
      el('span', { class: 'said' }, operation.summary ?? ''),
    ]),
  ]);
  view.addEventListener('toggle', () => {
    if (!view.open || view.children.length > 1) return;
    view.append(
      el('div', { class: 'body' }, [
        ...(operation.description ? [el('p', {}, operation.description)] : []),
        formOf(entry),
        el('h3', {}, 'Answers'),
        ...answersOf(entry),
      ]),
    );
  });
  return view;
}

function problemKinds() {
  const kinds = document_.components.schemas.Problem.properties.type.enum ?? [];
  return kinds.map((kind) => el('li', {}, [el('a', { href: kind }, kind.replace(/.*\//, ''))]));
}

function drawIndex(wanted) {
  const words = wanted.toLowerCase().split(/\s+/);
  const rows = [...groups].map(([group, entries]) => {
    const links = entries
      .filter(({ method, path, operation }) => {
        const text = `${method} ${path} ${operation.summary} ${group}`.toLowerCase();
        return words.every((word) => text.includes(word));
      })
      .map(({ id, method, path, operation }) =>
        el('a', { href: `#${id}`, title: path }, [
          el('span', { class: `method ${method}` }, method.toUpperCase()),
          operation.summary ?? path,
        ]),
      );
    return links.length > 0 ? [el('h2', {}, group), ...links] : [];
  });
  document.querySelector('#index').replaceChildren(...rows.flat());
}

function openNamed() {
  const view = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!view) return;
  view.open = true;
  view.scrollIntoView();
}

async function sayWho() {
  const who = document.querySelector('#who');
  sessionStorage.setItem('key', keyField.value);
  if (keyField.value === '') return void (who.textContent = '');
  const headers = { authorization: `Bearer ${keyField.value}` };
  const { ok } = await fetch('/v1/operations', { headers });
  who.textContent = ok ? 'taken' : 'not taken';
}

document
  .querySelector('#main')
  .replaceChildren(
    el('p', { class: 'quiet' }, [
      `${document_.info.description} Amounts are whole minor units (cents, yen); times are RFC 3339 in UTC. ` +
        'Sending a request here really sends it. The key stays in this tab.',
    ]),
    ...[...groups].map(([group, entries]) =>
      el('section', {}, [el('h2', {}, group), ...entries.map(operationView)]),
    ),
    el('section', {}, [
      el('h2', {}, 'Problems'),
      el('p', {}, 'Every refusal is application/problem+json (RFC 9457); branch on its type:'),
      el('ul', { class: 'kinds' }, problemKinds()),
    ]),
  );
drawIndex('');
document.querySelector('#find').addEventListener('input', (event) => drawIndex(event.target.value));
keyField.value = sessionStorage.getItem('key') ?? '';
keyField.addEventListener('change', () => void sayWho());
addEventListener('hashchange', openNamed);
if (keyField.value !== '') await sayWho();
openNamed();
