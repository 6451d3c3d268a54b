// Sections as Weft's YAML form of a configuration. Written by hand, not by a library: a large mesh has hundreds of megabytes of it.
import type { Groups, Section } from './sections.ts';
import { scalarOf } from './write-document.ts';

const plurals: Readonly<Record<string, string>> = {
  sslProfile: 'sslProfiles',
  listener: 'listeners',
  connector: 'connectors',
  vhost: 'vhosts',
  address: 'addresses',
};

/** Sections of one name stand side by side, as they come from {@link RouterSections}. */
export function yamlOf(sections: readonly Section[]): string {
  let text = '';
  let open = '';
  for (const { name, attributes } of sections) {
    const plural = plurals[name];
    if (plural === undefined) text += `${name}:\n${attributesOf(attributes, '  ', '  ')}`;
    else {
      if (open !== name) text += `${plural}:\n`;
      text += attributesOf(attributes, '  - ', '    ');
    }
    open = name;
  }
  return text;
}

function attributesOf(attributes: Section['attributes'], first: string, indent: string): string {
  let text = '';
  for (const [name, value] of Object.entries(attributes)) {
    text += `${text === '' ? first : indent}${name}:`;
    text += typeof value === 'object' ? groupsOf(value, `${indent}  `) : ` ${scalarOf(value)}\n`;
  }
  return text;
}

function groupsOf(groups: Groups, indent: string): string {
  const entries = Object.entries(groups);
  if (entries.length === 0) return ' {}\n';
  return `\n${entries.map(([name, group]) => `${indent}${scalarOf(name)}:\n${attributesOf(group, `${indent}  `, `${indent}  `)}`).join('')}`;
}
