import Ajv2020 from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readMesh } from './model/read-mesh.ts';
import { meshJsonSchema, starterFiles, teamJsonSchema } from './starter.ts';
import { corpus } from './testing/corpus.ts';

const ajv = new Ajv2020.default({ strict: true, allowUnionTypes: true });
const validateMesh = ajv.compile(meshJsonSchema());
const validateTeam = ajv.compile(teamJsonSchema());
/** What a schema can tell; references and the rest are beyond it. */
const formCodes = new Set(['syntax', 'form', 'name']);

test('the published schemas are those of this version', async () => {
  const text = (schema: object): string => `${JSON.stringify(schema, null, 2)}\n`;
  await expect(text(meshJsonSchema())).toMatchFileSnapshot('../../schemas/mesh.schema.json');
  await expect(text(teamJsonSchema())).toMatchFileSnapshot('../../schemas/team.schema.json');
});

test.each(['mesh.yaml', 'teams/shop.yaml', 'teams/warehouse.yaml'])('the schema accepts %s of the starter', (name) => {
  const text = starterFiles().get(name) ?? '';
  const validate = name === 'mesh.yaml' ? validateMesh : validateTeam;
  expect([validate(parse(text)), validate.errors]).toEqual([true, null]);
});

test('the schema accepts what the check accepts, and refuses what has a fault of form', () => {
  for (const { name, files } of corpus('good', 'warned', 'bad')) {
    const { faults } = readMesh(files);
    for (const [source, validate] of [
      [files.platform, validateMesh] as const,
      ...files.teams.map((team) => [team, validateTeam] as const),
    ]) {
      const own = faults.filter(({ file, code }) => file === source.name && formCodes.has(code));
      if (own.some(({ code }) => code === 'syntax')) continue;
      expect([name, source.name, validate(parse(source.text))]).toEqual([name, source.name, own.length === 0]);
    }
  }
});

test('editors find the schemas by the first line of each file', () => {
  for (const [name, text] of starterFiles()) {
    if (!name.endsWith('.yaml')) continue;
    const [, place = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
    expect(starterFiles().has(new URL(place, `file:///${name}`).pathname.slice(1))).toBe(true);
  }
});
