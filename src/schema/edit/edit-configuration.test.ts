import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlainValue } from '../attribute.ts';
import { entityOfSection } from '../entities.ts';
import { keyOf } from '../entity-key.ts';
import { Faults } from '../faults.ts';
import { readConfiguration, readEntities, readSections } from '../read-configuration.ts';
import type { ReadEntity } from '../read-entity.ts';
import {
  changeableSections,
  ownAttributes,
  someAttributes,
  type WrittenConfiguration,
  writtenConfigurations,
} from '../testing/random-configuration.ts';
import { type EntityEdit, editConfiguration } from './edit-configuration.ts';

const seed = Number(process.env['WEFT_SEED'] ?? Date.now() % 1_000_000);

function entitiesOf(text: string, fileName: string): ReadEntity[] {
  const faults = new Faults(fileName);
  return readEntities(readSections(text, fileName, faults), faults);
}

function specOf(section: string) {
  const spec = entityOfSection(section);
  if (spec === null) throw new Error(section);
  return spec;
}

/** `create listener port=5673`: the edit in words. */
function edit(
  kind: 'create' | 'update' | 'delete',
  section: string,
  key: string,
  attributes: Record<string, PlainValue> = {},
): EntityEdit {
  return { kind, spec: specOf(section), key, attributes: new Map(Object.entries(attributes)) } as EntityEdit;
}

function edited(fileName: string, text: string, change: EntityEdit): string {
  const result = editConfiguration(text, fileName, change);
  return 'refusal' in result ? `refused: ${result.refusal}` : result.text;
}

describe('random files', () => {
  type Wish = {
    kind: 'create' | 'update' | 'delete';
    section: string;
    pick: number;
    attributes: [string, PlainValue][];
    resets: number;
  };
  const wishes: fc.Arbitrary<Wish> = fc.constantFrom(...changeableSections).chain((section) =>
    fc.record({
      kind: fc.constantFrom('create' as const, 'update' as const, 'delete' as const),
      section: fc.constant(section),
      pick: fc.nat(5),
      attributes: someAttributes(section),
      resets: fc.nat(15),
    }),
  );

  /** The edit that is wished for, and the index of the entity it is about. */
  function editOf(
    written: WrittenConfiguration,
    { kind, section, pick, attributes, resets }: Wish,
  ): [EntityEdit, number] | null {
    const spec = specOf(section);
    const given = new Map(
      attributes.map(([name, value], index) => [name, (resets >> index) & 1 && kind === 'update' ? null : value]),
    );
    if (kind === 'create') return [{ kind, spec, attributes: new Map([...ownAttributes(section, 6), ...given]) }, -3];
    const candidates = written.entities.flatMap((one, index) => (one.section === section ? [index] : []));
    if (candidates.length === 0) return null;
    const owner = candidates[pick % candidates.length] as number;
    const entities = entitiesOf(written.text, written.fileName);
    const entity = entities[owner + 1] as ReadEntity;
    return [{ kind, spec, key: keyOf(entity), attributes: given }, owner];
  }

  test('a change is made or refused, and nothing else is touched', () => {
    let made = 0;
    let refused = 0;
    fc.assert(
      fc.property(writtenConfigurations, wishes, (written, wish) => {
        const found = editOf(written, wish);
        if (found === null || readConfiguration(written.text, written.fileName).configuration === null) return;
        const [change, owner] = found;
        const result = editConfiguration(written.text, written.fileName, change);
        if ('refusal' in result) {
          expect(result.refusal).toMatch(/comments stand within|only people can change/);
          refused += 1;
          return;
        }
        made += 1;
        // That the entities are the wanted ones is proved by the editor itself; here: every line of others is still there, in order.
        const lines = result.text.split(/\r?\n/).map((line) => line.trim().replace(/,$/, ''));
        let at = 0;
        for (const line of written.lines) {
          if (line.owner === owner || line.text.trim() === '') continue;
          const next = lines.indexOf(line.text.trim().replace(/,$/, ''), at);
          if (next < 0 && line.owner === -2) continue;
          expect(next, `${JSON.stringify(line.text)} in\n${result.text}`).toBeGreaterThanOrEqual(at);
          at = next + 1;
        }
      }),
      { seed, numRuns: 600 },
    );
    expect(made).toBeGreaterThan(200);
    expect(refused).toBeLessThan(made / 20);
  });
});

describe('.conf', () => {
  const text = ['# mine', 'listener {', '  port: 5672   # clients', '}', '', '# the end', ''].join('\n');

  test('a new section stands behind the last one of its kind, indented as that is', () => {
    expect(edited('w.conf', text, edit('create', 'listener', '', { port: '5673', authenticatePeer: true }))).toBe(
      '# mine\nlistener {\n  port: 5672   # clients\n}\n\nlistener {\n  port: 5673\n  authenticatePeer: yes\n}\n\n# the end\n',
    );
  });

  test('a value changes within its line, and new attributes stand behind the last one', () => {
    expect(
      edited(
        'w.conf',
        text.replace('port', 'max-frame-size: 600 # x\n  port'),
        edit('update', 'listener', ':5672', { maxFrameSize: 700, linkCapacity: 9 }),
      ),
    ).toBe(
      '# mine\nlistener {\n  max-frame-size: 700 # x\n  port: 5672   # clients\n  linkCapacity: 9\n}\n\n# the end\n',
    );
  });

  test('what the form has no way to write plainly is escaped as JSON', () => {
    const name = ' a # "b" \\ {';
    const result = edited('w.conf', text, edit('create', 'listener', '', { port: '5673', name }));
    expect(result).toContain('    name: \\u0020a \\u0023 \\"b\\" \\\\ {\n'.slice(2));
    expect(entitiesOf(result, 'w.conf').at(-1)?.attributes.get('name')?.value).toBe(name);
  });

  test('lines end as those that there are', () => {
    const result = edited(
      'w.conf',
      text.replaceAll('\n', '\r\n'),
      edit('update', 'listener', ':5672', { linkCapacity: 9 }),
    );
    expect(result).toContain('clients\r\n  linkCapacity: 9\r\n}');
  });

  test('a removed section takes its blank line with it, and no comment outside', () => {
    const two = `${text}\nlistener {\n  port: 5673\n}\n\n# last\n`;
    expect(edited('w.conf', two, edit('delete', 'listener', ':5673'))).toBe(`${text}\n# last\n`);
  });
});

describe('YAML', () => {
  test('an item joins its list; where there is no list, one is made', () => {
    const change = edit('create', 'address', '', { prefix: 'b', distribution: 'closest' });
    expect(edited('w.yaml', 'addresses:\n  # all\n  - prefix: a # x\n# end\n', change)).toBe(
      'addresses:\n  # all\n  - prefix: a # x\n  - prefix: b\n    distribution: closest\n# end\n',
    );
    expect(edited('w.yaml', 'addresses: [{ prefix: a }]\n', change)).toBe(
      'addresses: [{ prefix: a }, { prefix: b, distribution: closest }]\n',
    );
    expect(edited('w.yaml', 'address: { prefix: a }\n', change)).toBe(
      'address: { prefix: a }\n\naddresses:\n  - prefix: b\n    distribution: closest\n',
    );
  });

  test('what anchors and aliases share is left to people', () => {
    const text = 'listeners:\n  - &a { port: 5672, linkCapacity: 5 }\n  - *a\n';
    expect(edited('w.yaml', text, edit('update', 'listener', ':5672', { linkCapacity: 6 }))).toMatch(
      /^refused: this part of the file is written/,
    );
  });
});

describe('refused', () => {
  test('a password in clear; a place where to find it is written', () => {
    const change = (saslPassword: string) => edit('create', 'connector', '', { host: 'h', saslPassword });
    expect(edited('w.conf', '', change('secret'))).toMatch(
      /^refused: saslPassword would stand in clear .* saslPassword=file:\/path or saslPassword=env:NAME$/,
    );
    expect(edited('w.conf', '', change('secret'))).not.toContain('secret');
    expect(edited('w.conf', '', change('env:UPLINK'))).toContain('saslPassword: env:UPLINK\n');
  });

  test('a file with faults, one that would have some, and an entity that is not in it', () => {
    const create = edit('create', 'listener', '', { port: '5673', sslProfile: 'p' });
    expect(edited('w.conf', 'listener {\n  prot: 1\n}\n', create)).toMatch(
      /^refused: w.conf:2:3: error: listener has no attribute 'prot'/,
    );
    expect(edited('w.conf', '', create)).toBe(
      "refused: the file would not be valid any more: there is no sslProfile 'p': none is configured",
    );
    expect(edited('w.conf', '', edit('delete', 'listener', ':5673'))).toBe(
      'refused: w.conf has no such listener: it was made without being saved, or stands in another file',
    );
  });

  test('a map whose comments would be lost', () => {
    const text = 'listener {\n  openProperties: {\n    # ours\n    "a": 1\n  }\n}\n';
    expect(edited('w.conf', text, edit('update', 'listener', ':amqp', { openProperties: { a: 2 } }))).toMatch(
      /^refused: openProperties: comments stand within/,
    );
    expect(
      edited(
        'w.conf',
        text.replace('    # ours\n', ''),
        edit('update', 'listener', ':amqp', { openProperties: { a: 2 } }),
      ),
    ).toBe('listener {\n  openProperties: {\n      "a": 2\n  }\n}\n');
  });
});
