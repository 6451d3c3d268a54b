// How a reply of ours differs from a recorded one in what it says: status and text, columns, attributes, and the types of their values.
// Figures and names are another router's own. Recordings hold the lengths of sentences only: `xx xxxxxx`.
import type { Message } from '../../../amqp/message.ts';
import { typeOf } from '../../../amqp/value-encoder.ts';
import { type AmqpValue, asText, lookup, toPlain } from '../../../amqp/values.ts';

/** Lines, none when both say the same. `-` is only recorded, `+` only ours. */
export function replyDifferences(recorded: Message | null, ours: Message | null): string[] {
  if (recorded === null || ours === null) {
    if (recorded === ours) return [];
    return recorded === null ? [`+ ${headOf(ours as Message)}`] : [`- ${headOf(recorded)}`];
  }
  const [before, after] = [headOf(recorded), headOf(ours)];
  const heads = before === after || before === masked(after) ? [] : [`- ${before}`, `+ ${after}`];
  return [...heads, ...bodyDifferences(bodyOf(recorded), bodyOf(ours))];
}

function headOf({ applicationProperties }: Message): string {
  const status = toPlain(lookup(applicationProperties, 'statusCode') ?? null);
  return `${status} ${asText(lookup(applicationProperties, 'statusDescription'))}`;
}

/** As the recordings are written: what is neither a name of the protocol nor a mark is an x. */
function masked(text: string): string {
  const [status, ...words] = text.split(' ');
  return `${status} ${words.join(' ').replace(/[A-Za-z0-9]/g, 'x')}`;
}

function bodyOf({ body }: Message): AmqpValue {
  return body.kind === 'value' ? body.value : null;
}

function bodyDifferences(recorded: AmqpValue, ours: AmqpValue): string[] {
  if (recorded instanceof Map && ours instanceof Map) {
    const [before, after] = [columnsOf(recorded), columnsOf(ours)];
    if (before !== null && after !== null) return typeDifferences(before, after);
    return typeDifferences(typesIn(recorded), typesIn(ours), false);
  }
  if (Array.isArray(recorded) && Array.isArray(ours)) return [];
  return typeOf(recorded) === typeOf(ours) ? [] : [`body: ${typeOf(recorded)} ≠ ${typeOf(ours)}`];
}

/** Types of values by name, in order. */
type Types = Map<string, Set<string>>;

function typesIn(map: Map<AmqpValue, AmqpValue>): Types {
  return new Map(
    [...map].map(([key, value]) => [asText(key) ?? '?', value === null ? new Set() : new Set([typeOf(value)])]),
  );
}

/** Of a table; null when it is none. */
function columnsOf(body: Map<AmqpValue, AmqpValue>): Types | null {
  const names = lookup(body, 'attributeNames');
  const results = lookup(body, 'results');
  if (!Array.isArray(names) || !Array.isArray(results)) return null;
  const types: Types = new Map();
  for (const [at, name] of names.entries()) {
    const values = results.map((row) => (row as AmqpValue[])[at] ?? null).filter((value) => value !== null);
    types.set(asText(name) ?? '?', new Set(values.map((value) => typeOf(value))));
  }
  return types;
}

function typeDifferences(before: Types, after: Types, isOrdered = true): string[] {
  const lines = [
    ...[...before.keys()].filter((name) => !after.has(name)).map((name) => `- ${name}`),
    ...[...after.keys()].filter((name) => !before.has(name)).map((name) => `+ ${name}`),
  ];
  for (const [name, types] of before) {
    const ours = after.get(name);
    if (ours === undefined || ours.size === 0 || types.size === 0) continue;
    const [a, b] = [[...types].sort().join('|'), [...ours].sort().join('|')];
    if (a !== b) lines.push(`${name}: ${a} ≠ ${b}`);
  }
  const common = (one: Types, other: Types): string => [...one.keys()].filter((name) => other.has(name)).join(' ');
  if (isOrdered && common(before, after) !== common(after, before)) lines.push(`order: ${common(after, before)}`);
  return lines;
}
