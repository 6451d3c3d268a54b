// A file's value against its schema: every fault of its form at once, in our words; and what of it can be used all the same.
//
// Entries that are at fault are left out of what is given back, but their names are not forgotten: who refers to one of them is not at
// fault for that.
import * as z from 'zod';
import { suggestion } from '../../schema/names.ts';
import type { MeshFaults, Path } from './faults.ts';
import { allowedValues } from './mesh-schema.ts';
import type { YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

/**
 * The value with its defaults, without entries that are at fault; null when nothing of it is of use.
 * @param name the section that no file can do without, and what stands for it when it is missing or wrong
 */
export function readForm<S extends z.ZodObject>(
  schema: S,
  source: YamlSource,
  name: readonly [string, string],
  faults: MeshFaults,
): z.infer<S> | null {
  const { value } = source;
  if (!source.isReadable) return null;
  if (!isMap(value)) {
    const what = value === null ? 'the file is empty' : described(value);
    faults.fault(
      'form',
      { file: source, path: [] },
      `${what}; a file has sections, such as ${keysOf(schema).slice(0, 4).join(', ')}; \`weft mesh init\` writes an example`,
    );
    return null;
  }
  const first = schema.safeParse(value);
  if (first.success) return first.data;
  for (const issue of first.error.issues) tell(issue, schema, source, faults);
  const rest = withoutFaulty(value, first.error.issues);
  const second = schema.safeParse(name[0] in rest ? rest : { ...rest, [name[0]]: name[1] });
  return second.success ? second.data : null;
}

function tell(issue: Issue, schema: z.ZodType, source: YamlSource, faults: MeshFaults): void {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    const known = keysOf(schemaAt(schema, path));
    for (const key of issue.keys) {
      const origin = { file: source, path: [...path, key] };
      faults.fault('form', origin, `there is nothing of this name${withAdvice(suggestion(key, known))}`, 'key');
    }
    return;
  }
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.find((issues) => !issues.some((one) => one.path.length === 0));
    if (inner !== undefined) {
      for (const one of inner) tell({ ...one, path: [...issue.path, ...one.path] } as Issue, schema, source, faults);
      return;
    }
  }
  const value = valueAt(source.value, path);
  const origin = { file: source, path };
  const allowed = allowedAt(schema, path, value);
  if (issue.code === 'invalid_key') {
    const key = String(path.at(-1));
    faults.fault(
      'name',
      origin,
      `'${shortened(key)}' is no name for this; ${allowedKey(schema, path)}; rename it`,
      'key',
    );
  } else if (value === undefined) {
    faults.fault('form', origin, `${String(path.at(-1))} is missing; ${allowed}; add it`, 'key');
  } else if (value === null) {
    faults.fault('form', origin, `there is no value; ${allowed}; write one or remove the line`, 'key');
  } else {
    const known = issue.code === 'invalid_value' && typeof value === 'string' ? issue.values.map(String) : [];
    const near = known.length > 0 ? suggestion(String(value), known) : '';
    // Without a near name it lists those that are known, as `allowed` has done.
    faults.fault('form', origin, `${described(value)}; ${allowed}${near.startsWith('; did') ? near : '; change it'}`);
  }
}

/** The value without the entries that the issues lie in. */
function withoutFaulty(value: Record<string, unknown>, issues: readonly Issue[]): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...value };
  const faulty = new Map<string, Set<string | number>>();
  for (const { path, code, ...issue } of issues) {
    const [section, entry] = path as Path;
    if (section === undefined) {
      for (const key of code === 'unrecognized_keys' ? (issue as { keys: string[] }).keys : []) delete copy[key];
    } else if (entry === undefined) delete copy[section];
    else faulty.set(String(section), (faulty.get(String(section)) ?? new Set()).add(entry));
  }
  for (const [section, entries] of faulty) {
    const whole = copy[section];
    if (Array.isArray(whole)) copy[section] = whole.map((one, at) => (entries.has(at) ? undefined : one));
    else if (isMap(whole))
      copy[section] = Object.fromEntries(Object.entries(whole).filter(([key]) => !entries.has(key)));
  }
  return copy;
}

const withAdvice = (suggested: string): string =>
  suggested.startsWith('; did') ? suggested : `${suggested}; write one of these, or remove it`;

function described(value: unknown): string {
  if (Array.isArray(value)) return 'this is a list';
  if (isMap(value)) return 'this is a map';
  return `the value is ${typeof value === 'string' ? `'${shortened(value)}'` : String(value)}`;
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

function allowedAt(schema: z.ZodType, path: Path, value: unknown): string {
  const at = schemaAt(schema, path);
  const allowed = at === null ? undefined : allowedValues.get(at)?.allowed;
  if (allowed !== undefined) return allowed;
  return value === undefined ? 'it is needed' : 'this cannot stand here';
}

/** What names of the map that holds the entry at `path` may be. */
function allowedKey(schema: z.ZodType, path: Path): string {
  const map = schemaAt(schema, path.slice(0, -1));
  if (map instanceof z.ZodRecord) return allowedValues.get(map.keyType as z.ZodType)?.allowed ?? '';
  return '';
}

function keysOf(schema: z.ZodType | null): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The schema of the value at `path`, without what wraps it. */
function schemaAt(schema: z.ZodType, path: Path): z.ZodType | null {
  const [step, ...rest] = path;
  const bare = unwrapped(schema);
  if (step === undefined) return bare;
  for (const option of bare instanceof z.ZodUnion ? (bare.options as z.ZodType[]).map(unwrapped) : [bare]) {
    const next = stepInto(option, step);
    if (next !== null) return schemaAt(next, rest);
  }
  return null;
}

function stepInto(schema: z.ZodType, step: string | number): z.ZodType | null {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<string, z.ZodType>)[step] ?? null;
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  if (schema instanceof z.ZodArray && typeof step === 'number') return schema.element as z.ZodType;
  return null;
}

/** Without default and optional; what is noted for the wrapped one counts. */
function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? unwrapped(schema.unwrap() as z.ZodType)
    : schema;
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) at = (at as Record<string | number, unknown> | null | undefined)?.[step];
  return at;
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
