// Our schema beside that of Dispatch: all its types and attributes, with the same types, defaults and flags, but for what is listed.
import { expect, test } from 'vitest';
import type { AttributeSpec, EntitySpec } from './attribute.ts';
import { ENTITIES } from './entities.ts';
import { documentedSchema } from './testing/documented-schema.ts';

/** What differs, and why. */
const deviations: Readonly<Record<string, string>> = {
  'connection operations: + UPDATE': 'it works there, too: adminStatus',
  'management operations: + EXPLAIN': 'our own',
  'console home required: true here false': 'nobody has to configure what does nothing',
  'console proxy required: true here false': 'likewise',
  'router area default: null here "0"': 'it is always shown as 0',
  'sslProfile operations: + UPDATE': 'new certificates without a restart',
  'sslProfile uidNameMappingFile type: string here path': 'it is the name of a file',
};

const shortName = ({ name, section }: EntitySpec): string =>
  name.startsWith('router.config.') && section !== null ? section : name;

function presetOf({ default: preset }: AttributeSpec): string | null {
  return preset === undefined || preset === false || preset === 0 || preset === '' ? null : JSON.stringify(preset);
}

function differencesOf(spec: EntitySpec): string[] {
  const documented = documentedSchema.get(shortName(spec));
  if (documented === undefined) return [`${spec.name}: not documented`];
  const lines: string[] = [];
  const compare = (where: string, theirs: unknown, ours: unknown): void => {
    if (theirs !== ours) lines.push(`${shortName(spec)} ${where}: ${theirs} here ${ours}`);
  };
  const { operations } = documented;
  for (const operation of operations.filter((one) => !spec.operations.includes(one)))
    lines.push(`${shortName(spec)} operations: - ${operation}`);
  for (const operation of spec.operations.filter((one) => !operations.includes(one)))
    lines.push(`${shortName(spec)} operations: + ${operation}`);
  compare('singleton', documented.isSingleton, spec.singleton ?? false);
  compare('deprecated', documented.isDeprecated, spec.deprecated ?? false);
  const own = Object.entries(spec.attributes).filter(([, attribute]) => !attribute.weft);
  compare(
    'attributes',
    [...documented.attributes.keys()].sort().join(),
    own
      .map(([name]) => name)
      .sort()
      .join(),
  );
  for (const [name, attribute] of own) {
    const theirs = documented.attributes.get(name);
    if (theirs === undefined) continue;
    compare(`${name} type`, theirs.type, attribute.type === 'enum' ? attribute.values?.join('|') : attribute.type);
    compare(`${name} default`, theirs.preset, presetOf(attribute));
    compare(`${name} required`, theirs.isRequired, attribute.required ?? false);
    compare(`${name} figure`, theirs.isFigure, attribute.statistic ?? false);
    compare(`${name} deprecated`, theirs.isDeprecated, attribute.deprecated ?? false);
  }
  return lines;
}

test('every type and attribute of Dispatch is there as it documents them', () => {
  const bases = ['entity', 'configurationEntity', 'operationalEntity'];
  const names = [...documentedSchema.keys()].filter((name) => !bases.includes(name));
  expect(names.filter((name) => !ENTITIES.some((spec) => shortName(spec) === name))).toEqual([]);
  expect(ENTITIES.flatMap(differencesOf).sort()).toEqual(Object.keys(deviations).sort());
});
