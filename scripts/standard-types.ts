// The type definitions of the AMQP 1.0 standard, read from its XML: elements `type` with `descriptor`, `field`, `choice` and `encoding`
// inside, all of whose content is in attributes.

export const parts = ['types', 'transport', 'messaging', 'transactions', 'security'] as const;
export type Part = (typeof parts)[number];
export type Attributes = Record<string, string>;

export interface TypeDefinition {
  part: Part;
  name: string;
  kind: string;
  source: string;
  provides: string[];
  descriptor: { name: string; code: number } | null;
  fields: Attributes[];
  choices: Attributes[];
  encodings: Attributes[];
}

/** The types that one part of the standard defines. */
export function readTypes(part: Part, xml: string): TypeDefinition[] {
  const types: TypeDefinition[] = [];
  for (const [, name, attributeText] of xml.matchAll(/<(type|descriptor|field|choice|encoding)\s([^>]*?)\/?>/g)) {
    const attributes = Object.fromEntries([...attributeText.matchAll(/([\w-]+)="([^"]*)"/g)].map((m) => [m[1], m[2]]));
    const last = types.at(-1);
    if (name === 'type') types.push(readType(part, attributes));
    else if (last === undefined) throw new Error(`<${name}> outside a type in ${part}`);
    else if (name === 'field') last.fields.push(attributes);
    else if (name === 'choice') last.choices.push(attributes);
    else if (name === 'encoding') last.encodings.push(attributes);
    else last.descriptor = { name: attributes['name'], code: Number(attributes['code'].split(':')[1]) };
  }
  return types;
}

function readType(part: Part, attributes: Attributes): TypeDefinition {
  return {
    part,
    name: attributes['name'],
    kind: attributes['class'],
    source: attributes['source'] ?? '',
    provides: (attributes['provides'] ?? '').split(',').map((text) => text.trim()),
    descriptor: null,
    fields: [],
    choices: [],
    encodings: [],
  };
}
