// The text of a configuration file → the same text with one entity made, changed or removed. Comments, blank lines, order and
// spelling of everything else stay as they are. The inverse of reading, and held to that: the new text is read, and unless it gives
// exactly the old entities with the change applied, nothing is changed.
import type { EntitySpec, PlainValue } from '../attribute.ts';
import type { Configuration } from '../configuration.ts';
import { keyOf } from '../entity-key.ts';
import { Faults, formatFault } from '../faults.ts';
import { readConfiguration, readEntities, readSections } from '../read-configuration.ts';
import type { ReadEntity } from '../read-entity.ts';
import type { RawSection } from '../source.ts';
import { editConf } from './edit-conf.ts';
import { editJson } from './edit-json.ts';
import { editYaml } from './edit-yaml.ts';
import type { AttributeEdits, SectionEdit } from './section-edit.ts';
import { applySplices, isRefusal, type Refusal, type Splice } from './splice.ts';

/** One entity of a file. `key`: which one of its type; see `keyOf`. Attributes have the types of the schema; null is "as by default". */
export type EntityEdit =
  | { readonly kind: 'create'; readonly spec: EntitySpec; readonly attributes: AttributeEdits }
  | { readonly kind: 'update'; readonly spec: EntitySpec; readonly key: string; readonly attributes: AttributeEdits }
  | { readonly kind: 'delete'; readonly spec: EntitySpec; readonly key: string };

export interface EditedText {
  readonly text: string;
  /** What it says. */
  readonly configuration: Configuration;
}

/** @param fileName decides the format, as in reading. A refusal says why the file cannot be changed, and what to do. */
export function editConfiguration(text: string, fileName: string, edit: EntityEdit): EditedText | Refusal {
  const faults = new Faults(fileName);
  const sections = readSections(text, fileName, faults);
  const entities = readEntities(sections, faults);
  if (faults.hasErrors || entities.length !== sections.length) return { refusal: firstError(faults) };
  const secret = literalSecret(edit);
  if (secret !== null) return secret;
  const at =
    edit.kind === 'create' ? -1 : entities.findIndex((one) => one.spec === edit.spec && keyOf(one) === edit.key);
  if (edit.kind !== 'create' && at < 0) {
    return {
      refusal: `${fileName} has no such ${edit.spec.section}: it was made without being saved, or stands in another file`,
    };
  }
  const splices = editSections(text, fileName, sections, sectionEditOf(edit, entities, at));
  if (isRefusal(splices)) return splices;
  return proved(applySplices(text, splices), fileName, expected(entities, edit, at));
}

function sectionEditOf(edit: EntityEdit, entities: readonly ReadEntity[], at: number): SectionEdit {
  if (edit.kind === 'create') return { ...edit, behind: entities.findLastIndex(({ spec }) => spec === edit.spec) };
  return { ...edit, at };
}

function editSections(
  text: string,
  fileName: string,
  sections: readonly RawSection[],
  edit: SectionEdit,
): Splice[] | Refusal {
  const body = text.startsWith('\ufeff') ? ` ${text.slice(1)}` : text;
  if (/\.json$/i.test(fileName)) return editJson(body, sections, edit);
  if (/\.ya?ml$/i.test(fileName))
    return editYaml(
      body,
      sections.map(({ name }) => name),
      edit,
    );
  return editConf(body, sections, edit);
}

/** A password does not get into a file by way of management; where to find it does. */
function literalSecret(edit: EntityEdit): Refusal | null {
  if (edit.kind === 'delete') return null;
  for (const [name, value] of edit.attributes) {
    if (!edit.spec.attributes[name]?.hidden || value === null || value === '' || /^(env|file):/.test(String(value)))
      continue;
    const remedy = `put it into a file or variable of the router and write ${name}=file:/path or ${name}=env:NAME`;
    return { refusal: `${name} would stand in clear in the configuration file; ${remedy}` };
  }
  return null;
}

type Shown = [type: string, attributes: Record<string, PlainValue>];

function expected(entities: readonly ReadEntity[], edit: EntityEdit, at: number): Shown[] {
  const shown = entities.map(show);
  if (edit.kind === 'delete') return shown.toSpliced(at, 1);
  const given = [...edit.attributes];
  if (edit.kind === 'create') {
    const set = given.filter(([, value]) => !isUnset(value));
    return [...shown, [edit.spec.name, Object.fromEntries(set)]];
  }
  const attributes = { ...shown[at][1] };
  for (const [name, value] of given) {
    if (isUnset(value)) delete attributes[name];
    else attributes[name] = value;
  }
  return shown.with(at, [edit.spec.name, attributes]);
}

function show({ spec, attributes }: ReadEntity): Shown {
  return [
    spec.name,
    Object.fromEntries(
      [...attributes].map(([name, { value }]) => [name, value] as const).filter(([, value]) => !isUnset(value)),
    ),
  ];
}

/** What .conf files cannot write is the same as nothing. */
function isUnset(value: PlainValue): boolean {
  return value === null || value === '';
}

function proved(text: string, fileName: string, wanted: readonly Shown[]): EditedText | Refusal {
  const faults = new Faults(fileName);
  const found = readEntities(readSections(text, fileName, faults), faults).map(show);
  if (faults.hasErrors || comparable(found) !== comparable(wanted)) {
    return { refusal: 'this part of the file is written in a way that only people can change; do so, and send SIGHUP' };
  }
  const { configuration, faults: all } = readConfiguration(text, fileName);
  const fault = all.find(({ severity }) => severity === 'error');
  if (configuration === null) return { refusal: `the file would not be valid any more: ${fault?.message}` };
  return { text, configuration };
}

/** Types in any order, the entities of a type in theirs, attributes in any order. */
function comparable(entities: readonly Shown[]): string {
  const sorted = entities.map(
    ([type, attributes]) => [type, Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))] as const,
  );
  return JSON.stringify([...sorted].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function firstError(faults: Faults): string {
  const fault = faults.inOrder().find(({ severity }) => severity === 'error');
  return fault === undefined ? 'the file cannot be read' : formatFault(fault);
}
