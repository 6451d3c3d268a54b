// The text of a configuration file → a configuration, or all its faults.
//
//     text ─▶ sections ─▶ entities ─▶ rules ─▶ what has no effect ─▶ typed configuration
//            (by format)  (types)    (between) (support)
import { readConfSections } from './conf-format.ts';
import {
  type Configuration,
  makePolicy,
  makeRouter,
  makeVhost,
  type PolicyEntity,
  type RouterEntity,
  type VhostEntity,
} from './configuration.ts';
import { CONFIGURED_TYPES } from './configured-types.ts';
import { type Fault, Faults } from './faults.ts';
import { readJsonSections } from './json-format.ts';
import { MAX_FILE_LENGTH } from './limits.ts';
import { type ReadEntity, readEntity, tellSupport, valuesOf } from './read-entity.ts';
import type { RawSection } from './source.ts';
import { validate } from './validate.ts';
import { readYamlSections } from './yaml-format.ts';

export interface ReadConfiguration {
  /** Null if, and only if, there is an error among the faults. */
  readonly configuration: Configuration | null;
  /** In the order of the file. */
  readonly faults: readonly Fault[];
}

/** @param fileName decides the format: `.json`, `.yaml` or `.yml`, and everything else is .conf; it also stands in faults. */
export function readConfiguration(text: string, fileName: string): ReadConfiguration {
  const faults = new Faults(fileName);
  const entities = readEntities(readSections(text, fileName, faults), faults);
  validate(entities, faults);
  for (const entity of entities) tellSupport(entity, faults);
  return { configuration: faults.hasErrors ? null : configurationOf(entities), faults: faults.inOrder() };
}

export interface ReadVhosts {
  /** Null if, and only if, there is an error among the faults. */
  readonly vhosts: readonly VhostEntity[] | null;
  readonly faults: readonly Fault[];
}

/** A file of `policyDir`: its vhosts. What else it holds has no effect there, and is told. */
export function readVhostFile(text: string, fileName: string): ReadVhosts {
  const faults = new Faults(fileName);
  const entities: ReadEntity[] = [];
  for (const section of readSections(text, fileName, faults)) {
    if (section.name !== 'vhost') {
      faults.warning(section.place, `${section.name} has no effect here: files of policyDir hold vhosts`);
      continue;
    }
    const entity = readEntity(section, faults);
    if (entity) entities.push(entity);
  }
  validate(entities, faults);
  const vhosts = faults.hasErrors ? null : entities.map((one) => makeVhost(valuesOf(one) as unknown as VhostEntity));
  return { vhosts, faults: faults.inOrder() };
}

/** The entities of the sections, each read by itself; sections that are none are left out, and told. */
export function readEntities(sections: readonly RawSection[], faults: Faults): ReadEntity[] {
  return sections.map((section) => readEntity(section, faults)).filter((entity) => entity !== null);
}

/** The sections of the text in its order; what is wrong with its form goes to `faults`. */
export function readSections(text: string, fileName: string, faults: Faults): RawSection[] {
  if (text.length > MAX_FILE_LENGTH) {
    faults.error({ line: 1, column: 1 }, `the file has ${text.length} characters; ${MAX_FILE_LENGTH} are allowed`);
    return [];
  }
  const body = text.startsWith('\ufeff') ? ` ${text.slice(1)}` : text;
  if (/\.json$/i.test(fileName)) return readJsonSections(body, faults);
  if (/\.ya?ml$/i.test(fileName)) return readYamlSections(body, faults);
  return readConfSections(body, faults);
}

function configurationOf(entities: readonly ReadEntity[]): Configuration {
  const of = (type: string) => entities.filter(({ spec }) => spec.name === type).map(valuesOf);
  const lists = Object.entries(CONFIGURED_TYPES).map(([type, { list, make }]) => [list, of(type).map(make)]);
  return {
    router: makeRouter(of('router')[0] as Partial<RouterEntity> | undefined),
    policy: makePolicy(of('policy')[0] as Partial<PolicyEntity> | undefined),
    ...Object.fromEntries(lists),
  };
}
