// Random configurations in all three forms, with the comments, blank lines and spellings of people. Each line knows whose it is.
import fc from 'fast-check';
import type { PlainValue } from '../attribute.ts';

interface WrittenEntity {
  readonly section: string;
  readonly attributes: readonly (readonly [string, PlainValue])[];
}

export interface WrittenConfiguration {
  readonly fileName: string;
  readonly text: string;
  /** Lines that belong to no entity, or to the entity with this index. */
  readonly lines: readonly { readonly text: string; readonly owner: number }[];
  readonly entities: readonly WrittenEntity[];
}

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const values: Record<string, fc.Arbitrary<PlainValue>> = {
  maxFrameSize: fc.integer({ min: 512, max: 100_000 }),
  authenticatePeer: fc.boolean(),
  stripAnnotations: fc.constantFrom('in', 'out', 'both', 'no'),
  linkCapacity: fc.integer({ min: 1, max: 1000 }),
  policyNote: word,
  openProperties: fc.dictionary(
    word,
    fc.oneof(word, fc.integer(), fc.boolean(), fc.dictionary(word, word, { maxKeys: 2 })),
    { maxKeys: 3 },
  ),
  saslMechanisms: fc.constantFrom('ANONYMOUS', 'ANONYMOUS PLAIN', 'PLAIN'),
  distribution: fc.constantFrom('closest', 'multicast', 'balanced'),
  priority: fc.integer({ min: 0, max: 9 }),
  enable: fc.constantFrom('info+', 'trace,error', 'none', 'debug+'),
  includeTimestamp: fc.boolean(),
  outputFile: fc.constantFrom('stderr', '/var/log/weft log', 'a#b'),
};
const changeable: Record<string, readonly string[]> = {
  listener: [
    'maxFrameSize',
    'authenticatePeer',
    'stripAnnotations',
    'linkCapacity',
    'openProperties',
    'saslMechanisms',
  ],
  address: ['distribution', 'priority'],
  log: ['enable', 'includeTimestamp', 'outputFile'],
};
export const changeableSections = Object.keys(changeable);

/** Some attributes of an entity in this section, and values for them. */
export function someAttributes(section: string): fc.Arbitrary<[string, PlainValue][]> {
  const names = changeable[section] as readonly string[];
  return fc
    .subarray([...names])
    .chain((chosen) =>
      fc.tuple(...chosen.map((name) => fc.tuple(fc.constant(name), values[name] as fc.Arbitrary<PlainValue>))),
    );
}

/** What tells the entity with this number from others. */
export function ownAttributes(section: string, number: number): [string, PlainValue][] {
  if (section === 'listener')
    return number % 2 === 0
      ? [['port', String(6000 + number)]]
      : [
          ['name', `n${number}`],
          ['host', '127.0.0.1'],
        ];
  if (section === 'address') return number % 2 === 0 ? [['prefix', `p${number}`]] : [['pattern', `p${number}.#`]];
  return [['module', ['ROUTER', 'SERVER', 'AGENT', 'POLICY', 'HTTP', 'MESSAGE', 'ERROR'][number] as string]];
}

const entities: fc.Arbitrary<WrittenEntity[]> = fc
  .array(fc.constantFrom(...changeableSections), { maxLength: 6 })
  .chain((sections) =>
    fc.tuple(
      ...sections.map((section, number) =>
        fc.tuple(someAttributes(section), fc.boolean()).map(([some, ownFirst]) => ({
          section,
          attributes: ownFirst
            ? [...ownAttributes(section, number), ...some]
            : [...some, ...ownAttributes(section, number)],
        })),
      ),
    ),
  );

type Line = WrittenConfiguration['lines'][number];
/** Deals out the small decisions of a writer. */
type Dice = () => number;

export const writtenConfigurations: fc.Arbitrary<WrittenConfiguration> = fc
  .record({
    entities,
    form: fc.constantFrom('conf', 'json', 'yaml'),
    rolls: fc.array(fc.nat(99), { minLength: 40, maxLength: 40 }),
    crlf: fc.boolean(),
  })
  .map(({ entities, form, rolls, crlf }) => {
    let at = 0;
    const dice: Dice = () => rolls[at++ % rolls.length] as number;
    const lines =
      form === 'conf' ? confOf(entities, dice) : form === 'json' ? jsonOf(entities, dice) : yamlOf(entities, dice);
    const br = crlf ? '\r\n' : '\n';
    return {
      fileName: `weft.${form}`,
      text: lines.map(({ text }) => text + br).join(''),
      lines,
      entities: inOrder(entities, form),
    };
  });

/** YAML has its entities by section. */
function inOrder(all: readonly WrittenEntity[], form: string): readonly WrittenEntity[] {
  return form === 'yaml' ? changeableSections.flatMap((section) => all.filter((one) => one.section === section)) : all;
}

let comments = 0;
function noise(dice: Dice, indent: string): Line[] {
  const roll = dice();
  if (roll < 25) return [{ text: `${indent}# comment ${++comments}`, owner: -1 }];
  return roll < 50 ? [{ text: '', owner: -1 }] : [];
}

function confOf(all: readonly WrittenEntity[], dice: Dice): Line[] {
  const lines = [
    ...noise(dice, ''),
    { text: 'router {', owner: -1 },
    { text: '  id: r  # who', owner: -1 },
    { text: '}', owner: -1 },
  ];
  all.forEach(({ section, attributes }, owner) => {
    lines.push(...noise(dice, ''));
    const own = (text: string): number => lines.push({ text, owner });
    own(`${section} {${dice() < 30 ? ' # head' : ''}`);
    for (const [name, value] of attributes) {
      if (dice() < 30) own(dice() < 50 ? '    # inside' : '');
      const key = dice() < 30 ? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) : name;
      if (typeof value === 'object') {
        const block = JSON.stringify(value, null, 2).split('\n');
        for (const [index, line] of block.entries()) own(index === 0 ? `  ${key}: {` : `  ${line}`);
        if (block.length === 1) own('  }');
      } else own(`  ${key}: ${String(value).replace('#', '\\u0023')}${dice() < 30 ? '   # why' : ''}`);
    }
    own('}');
  });
  return [...lines, ...noise(dice, '')];
}

function jsonOf(all: readonly WrittenEntity[], dice: Dice): Line[] {
  const lines: Line[] = [
    ...noise(dice, ''),
    { text: '[', owner: -1 },
    { text: `  ["router", {"id": "r"}]${all.length > 0 ? ',' : ''}`, owner: -2 },
  ];
  all.forEach(({ section, attributes }, owner) => {
    const comma = owner < all.length - 1 ? ',' : '';
    lines.push(...noise(dice, '  '));
    const pairs = attributes.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
    if (dice() < 50) lines.push({ text: `  ["${section}", {${pairs.join(', ')}}]${comma}`, owner });
    else {
      lines.push({ text: `  ["${section}", {`, owner });
      pairs.forEach((pair, index) => {
        if (dice() < 20) lines.push({ text: '    # inside', owner });
        lines.push({ text: `    ${pair}${index < pairs.length - 1 ? ',' : ''}`, owner });
      });
      lines.push({ text: `  }]${comma}`, owner });
    }
  });
  return [...lines, { text: ']', owner: -1 }, ...noise(dice, '')];
}

function yamlOf(all: readonly WrittenEntity[], dice: Dice): Line[] {
  const lines: Line[] = [...noise(dice, ''), { text: 'router: { id: r }  # who', owner: -1 }];
  let owner = 0;
  for (const section of changeableSections) {
    const ours = all.filter((one) => one.section === section);
    if (ours.length === 0) continue;
    lines.push(...noise(dice, ''));
    const isSingle = ours.length === 1 && dice() < 50;
    const many = section === 'address' ? 'addresses' : `${section}s`;
    lines.push({ text: `${isSingle ? section : many}:`, owner: isSingle || ours.length === 1 ? owner : -2 });
    for (const { attributes } of ours) {
      const isFlow = !isSingle && dice() < 30;
      const pairs = attributes.map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
      if (isFlow) lines.push({ text: `  - { ${pairs.join(', ')} }`, owner });
      else
        pairs.forEach((pair, index) => {
          if (index > 0 && dice() < 20) lines.push({ text: '    # inside', owner });
          const dash = isSingle ? '    ' : index === 0 ? '  - ' : '    ';
          lines.push({ text: `${dash}${pair}${dice() < 30 ? '  # why' : ''}`, owner });
        });
      owner += 1;
    }
  }
  return [...lines, ...noise(dice, '')];
}
