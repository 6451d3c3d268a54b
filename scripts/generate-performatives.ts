// Writes src/amqp/generated/ from the type definitions of the AMQP 1.0 standard (the XML of Debian's package amqp-specs):
// `npm run generate`. The output is committed, so only who changes this file needs the XML.
//
// Composite types become classes, restricted types with choices become constants, descriptors and encodings become tables.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { type Attributes, type Part, parts, readTypes, type TypeDefinition } from './standard-types.ts';

/** Where Debian puts the XML. */
export const specificationFolder = '/usr/share/amqp/specs/1-0';

/** File name → text of everything generated. `read` returns the XML of one part. */
export function generate(read: (part: Part) => string): Map<string, string> {
  const types = parts.flatMap((part) => readTypes(part, read(part)));
  const files = new Map([
    ['codes.ts', writeCodes(types)],
    ['encodings.ts', writeEncodings(types)],
    ['choices.ts', writeChoices(types)],
    ['table.ts', writeTable(types)],
  ]);
  for (const part of parts) if (part !== 'types') files.set(`${part}.ts`, writeClasses(part, types));
  return files;
}

function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function pascal(name: string): string {
  const text = camel(name);
  return text[0].toUpperCase() + text.slice(1);
}

/** `error` would hide JavaScript's own. */
function className(name: string): string {
  return name === 'error' ? 'ErrorInfo' : pascal(name);
}

/** The field `code` of sasl-outcome would hide the code of its descriptor: fields so named take their type's name. */
function fieldName(field: Attributes): string {
  return camel(field['name'] === 'code' ? field['type'] : field['name']);
}

function hex(code: number): string {
  return `0x${code.toString(16).padStart(2, '0')}`;
}

/** The primitive type under a restricted one, `error`, or for `*` the role that it plays. */
function fieldKind(field: Attributes, types: TypeDefinition[]): string {
  const requires = field['requires'];
  if (field['type'] === '*') {
    if (requires === 'source' || requires === 'target' || requires === 'outcome') return requires;
    return requires === 'delivery-state' ? 'state' : 'any';
  }
  let type = types.find((candidate) => candidate.name === field['type']);
  while (type?.kind === 'restricted') type = types.find((candidate) => candidate.name === type?.source);
  if (type === undefined) throw new Error(`unknown type ${field['type']}`);
  return type.name;
}

const typescriptTypes: Record<string, string> = {
  boolean: 'boolean',
  ubyte: 'number',
  ushort: 'number',
  uint: 'number',
  ulong: 'number | bigint',
  timestamp: 'number | bigint',
  string: 'string',
  symbol: 'string',
  binary: 'Uint8Array',
  map: 'AmqpMap',
  any: 'AmqpValue',
  source: 'Source',
  target: 'Target | Coordinator',
  state: 'DeliveryState | AmqpValue',
  outcome: 'Outcome | AmqpValue',
  error: 'ErrorInfo',
};

function fieldType(field: Attributes, types: TypeDefinition[]): string {
  const type = typescriptTypes[fieldKind(field, types)];
  const several = field['multiple'] === 'true' ? `${type} | ${type}[]` : type;
  return isMandatory(field) || several.endsWith('AmqpValue') ? several : `${several} | null`;
}

function isMandatory(field: Attributes): boolean {
  return field['mandatory'] === 'true';
}

function composites(types: TypeDefinition[]): TypeDefinition[] {
  return types.filter((type) => type.kind === 'composite');
}

function head(about: string): string {
  return `// ${about}\n// Generated from the type definitions of the AMQP 1.0 standard by scripts/generate-performatives.ts. Do not edit.\n\n`;
}

function writeCodes(types: TypeDefinition[]): string {
  const described = types
    .flatMap((type) => (type.descriptor ? [{ type, ...type.descriptor }] : []))
    .sort((a, b) => a.code - b.code);
  const codes = described.map(({ type, code }) => `  ${className(type.name)}: ${hex(code)},\n`);
  const symbols = described.map(({ name, code }) => `  ['${name}', ${hex(code)}],\n`);
  return `${head('Descriptors of the described types.')}/** Numeric descriptors; their domain, the upper 32 bits, is 0. */
export const Code = {
${codes.join('')}} as const;

/** Symbolic descriptors, which mean the same. */
export const codeOfSymbol: ReadonlyMap<string, number> = new Map([
${symbols.join('')}]);
`;
}

function writeEncodings(types: TypeDefinition[]): string {
  const rows = types.flatMap((type) =>
    type.encodings.map(({ code, category, width }) => {
      return `  { code: ${code}, type: '${type.name}', category: '${category}', width: ${width} },\n`;
    }),
  );
  return `${head('Encodings of the primitive types (part 1, section 6).')}/** \`width\` is that of the value (fixed), or of its size field. */
export const encodings = [
${rows.join('')}] as const;
`;
}

function writeChoices(types: TypeDefinition[]): string {
  const blocks = types
    .filter((type) => type.choices.length > 0)
    .map((type) => {
      const primitive = fieldKind({ type: type.name }, types);
      const choices = type.choices.map(({ name, value }) => {
        return `  ${pascal(name)}: ${primitive === 'symbol' ? `'${value}'` : value},\n`;
      });
      return `/** ${type.name} (${primitive}) */\nexport const ${pascal(type.name)} = {\n${choices.join('')}} as const;\n`;
    });
  return `${head('Values of the restricted types.')}${blocks.join('\n')}`;
}

function writeTable(types: TypeDefinition[]): string {
  const all = composites(types);
  const imports = parts
    .filter((part) => all.some((type) => type.part === part))
    .toSorted()
    .map((part) =>
      importLine(
        'import',
        all.filter((type) => type.part === part).map((t) => className(t.name)),
        part,
      ),
    );
  const rows = all.map((type) => {
    const fields = type.fields.map((field) => {
      const multiple = field['multiple'] === 'true';
      return `{ name: '${fieldName(field)}', kind: '${fieldKind(field, types)}', mandatory: ${isMandatory(field)}, multiple: ${multiple} }`;
    });
    const list = fields.length < 2 ? `[${fields[0] ?? ''}]` : `[\n      ${fields.join(',\n      ')},\n    ]`;
    return `  {\n    type: ${className(type.name)},\n    code: ${hex(type.descriptor?.code ?? 0)},\n    fields: ${list},\n  },\n`;
  });
  return `${head('Fields of every composite type, in the order of the wire.')}import type { CompositeType } from '../composite-type.ts';
${imports.join('')}
export const compositeTypes: readonly CompositeType[] = [
${rows.join('')}];
`;
}

function importLine(keyword: string, names: string[], part: string): string {
  const sorted = names.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  const line = `${keyword} { ${sorted.join(', ')} } from './${part}.ts';\n`;
  if (line.length <= 121) return line;
  return `${keyword} {\n${sorted.map((name) => `  ${name},\n`).join('')}} from './${part}.ts';\n`;
}

function writeClasses(part: Part, types: TypeDefinition[]): string {
  const own = composites(types).filter((type) => type.part === part);
  const classes = own.map((type) => writeClass(type, types));
  if (part === 'messaging') classes.push(writeRole(types, 'delivery-state'), writeRole(types, 'outcome'));
  const text = classes.join('\n');
  const uses = (name: string) => new RegExp(`\\b${name}\\b`).test(text);
  const imports = [];
  if (uses('Init')) imports.push("import type { Init } from '../composite-type.ts';\n");
  const values = ['AmqpMap', 'AmqpValue'].filter(uses);
  if (values.length > 0) imports.push(`import type { ${values.join(', ')} } from '../value-model.ts';\n`);
  for (const other of parts.toSorted()) {
    if (other === part) continue;
    const names = composites(types)
      .filter((type) => type.part === other)
      .map((type) => className(type.name));
    if (other === 'messaging') names.push('DeliveryState', 'Outcome');
    const used = names.filter(uses);
    if (used.length > 0) imports.push(importLine('import type', used, other));
  }
  const importText = imports.length > 0 ? `${imports.join('')}\n` : '';
  return `${head(`Composite types of the standard's part "${part}".`)}${importText}${text}`;
}

function writeClass(type: TypeDefinition, types: TypeDefinition[]): string {
  const name = className(type.name);
  const lines = [
    `/** ${type.descriptor?.name} */`,
    `export class ${name} {`,
    `  readonly code = ${hex(type.descriptor?.code ?? 0)};`,
  ];
  for (const field of type.fields) {
    const standard = field['default'] === undefined ? '' : `, default ${field['default']}`;
    lines.push(`  /** ${field['type']}${standard} */`, `  ${fieldName(field)}: ${fieldType(field, types)};`);
  }
  if (type.fields.length > 0) {
    const mandatory = type.fields.filter(isMandatory).map((field) => `'${fieldName(field)}'`);
    const init = mandatory.length > 0 ? `init: Init<${name}, ${mandatory.join(' | ')}>` : `init: Init<${name}> = {}`;
    lines.push('', `  constructor(${init}) {`);
    for (const field of type.fields) {
      const value = `init.${fieldName(field)}`;
      lines.push(`    this.${fieldName(field)} = ${isMandatory(field) ? value : `${value} ?? null`};`);
    }
    lines.push('  }');
  }
  return `${lines.join('\n')}\n}\n`;
}

/** A union of the types that may stand where `role` is required. */
function writeRole(types: TypeDefinition[], role: string): string {
  const names = types.filter((type) => type.provides.includes(role)).map((type) => className(type.name));
  return `/** ${role} */\nexport type ${pascal(role)} = ${names.join(' | ')};\n`;
}

/** Reads the XML in `folder`; null when it is not there. */
export function generateFrom(folder: string): Map<string, string> | null {
  if (!existsSync(join(folder, 'types.bare.xml'))) return null;
  return generate((part) => readFileSync(join(folder, `${part}.bare.xml`), 'utf8'));
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  const files = generateFrom(specificationFolder);
  if (files === null) throw new Error(`no type definitions in ${specificationFolder}: install the package amqp-specs`);
  for (const [name, text] of files) writeFileSync(join('src', 'amqp', 'generated', name), text);
}
