// Writes docs/reference/configuration.md from the schema (src/schema): every entity and attribute, as files and management know them.
// `npm run reference`. The output is committed; a test holds it to the schema.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AttributeSpec, EntitySpec } from '../src/schema/attribute.ts';
import { ENTITIES, fullTypeName } from '../src/schema/entities.ts';

export const referencePath = new URL('docs/reference/configuration.md', rootOf(import.meta.url));

/** The sources and what is built of them are a folder apart. */
function rootOf(url: string): URL {
  return url.includes('/dist/scripts/') ? new URL('../../', url) : new URL('../', url);
}

const head = `# Entities and attributes

<!-- Generated from src/schema by \`npm run reference\`: do not edit. -->

Every entity and attribute that Weft knows, by the names of configuration files and of management. What they are for, with examples, is told
in the guide to [configuration](../guide/configuration.md); \`weft manage get-schema\` tells the same of a running router.

An entity with a **section** can stand in a configuration file; the others are only shown by management. In the column _may_:

| | |
| --- | --- |
| **c** | may be set in a file, and in a management CREATE |
| **u** | may be changed by a management UPDATE |
| **!** | must be given |
| | only shown |

Attributes in _italics_ are Weft's own, unknown to Qpid Dispatch. Where an attribute, or a value, has no effect or stops the start, that is said.
`;

export function referenceText(): string {
  const configured = ENTITIES.filter(({ section }) => section !== null);
  const others = ENTITIES.filter(({ section }) => section === null);
  const contents = ENTITIES.map((entity) => `[${titleOf(entity)}](#${anchorOf(entity)})`).join(' · ');
  return [
    head,
    contents,
    '',
    '## Configured',
    ...configured.map(entityText),
    '',
    '## Shown',
    ...others.map(entityText),
    '',
  ].join('\n');
}

function titleOf({ name, section }: EntitySpec): string {
  return section ?? name;
}

/** As GitHub makes it of a heading. */
function anchorOf(entity: EntitySpec): string {
  return titleOf(entity)
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '');
}

function entityText(entity: EntitySpec): string {
  const facts = [`Type \`${fullTypeName(entity)}\``, `operations: ${entity.operations.join(', ') || 'none'}`];
  if (entity.singleton) facts.push('there is one');
  if (entity.deprecated) facts.push('deprecated');
  const lines = ['', `### ${titleOf(entity)}`, '', `${entity.about}. ${facts.join('; ')}.`];
  if (entity.support === 'refused') lines.push('', `**Stops the start**: ${entity.because}.`);
  if (entity.support === 'ignored') lines.push('', `**Has no effect**: ${entity.because}.`);
  const rows = Object.entries(entity.attributes).map(([name, attribute]) => rowOf(name, attribute));
  if (rows.length === 0) return lines.join('\n');
  return [...lines, '', '| attribute | type | default | may | |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function rowOf(name: string, attribute: AttributeSpec): string {
  const shown = attribute.weft ? `_\`${name}\`_` : `\`${name}\``;
  const cells = [shown, typeOf(attribute), defaultOf(attribute), mayOf(attribute), tellOf(attribute)];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function typeOf({ type, values, minimum, maximum }: AttributeSpec): string {
  if (type === 'enum') return (values ?? []).map((value) => `\`${value}\``).join(' ');
  if (type !== 'integer' || (minimum === undefined && maximum === undefined)) return type;
  return maximum === undefined ? `integer from ${minimum}` : `integer ${minimum} to ${maximum}`;
}

function defaultOf({ default: preset }: AttributeSpec): string {
  if (preset === undefined) return '';
  if (typeof preset === 'boolean') return preset ? 'yes' : 'no';
  return preset === '' ? '""' : `\`${preset}\``;
}

function mayOf({ create, update, required }: AttributeSpec): string {
  return `${create ? 'c' : ''}${update ? 'u' : ''}${required ? '!' : ''}`;
}

function tellOf(attribute: AttributeSpec): string {
  const told = [attribute.about];
  if (attribute.was !== undefined) told.push(`formerly \`${attribute.was}\``);
  if (attribute.deprecated) told.push('deprecated');
  if (attribute.hidden) told.push('secret: never shown');
  if (attribute.live) told.push('a change in the file is taken over on SIGHUP');
  if (attribute.refusedValues)
    told.push(`**${attribute.refusedValues.join(', ')} stops the start**: ${attribute.because}`);
  else if (attribute.support === 'refused') told.push(`**stops the start**: ${attribute.because}`);
  else if (attribute.support === 'ignored') told.push(`**has no effect**: ${attribute.because}`);
  return told.join('; ');
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  const path = fileURLToPath(referencePath);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, referenceText());
}
