// Sections as qdrouterd's .conf form.
//
// Within `groups` qdrouterd counts lines that end in braces, so each group is one line that ends in a comma; and it takes names of
// words and dashes only. Its parser deletes the last comma.
import type { Groups, Section, Value } from './sections.ts';

export function confOf(sections: readonly Section[]): string {
  let text = '';
  for (const { name, attributes } of sections) {
    text += `${name} {\n`;
    for (const [key, value] of Object.entries(attributes)) {
      text += typeof value === 'object' ? groupsOf(key, value) : `    ${key}: ${scalarOf(value)}\n`;
    }
    text += '}\n';
  }
  return text;
}

function groupsOf(key: string, groups: Groups): string {
  const lines = Object.entries(groups).map(
    ([name, group]) => `        ${JSON.stringify(name)}: ${JSON.stringify(group)},\n`,
  );
  return `    ${key}: {\n${lines.join('')}    }\n`;
}

function scalarOf(value: Value): string {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
}
