// The text of a configuration file → a configuration, or all its faults.
//
//     text ─▶ sections ─▶ entities ─▶ rules ─▶ what has no effect ─▶ typed configuration
//            (by format)  (types)    (between) (support)
import { readPattern } from './address-pattern.ts';
import { readConfSections } from './conf-format.ts';
import {
  type AddressEntity,
  type Configuration,
  type ConnectorEntity,
  type ListenerEntity,
  type LogEntity,
  makeAddress,
  makeConnector,
  makeListener,
  makeLog,
  makePolicy,
  makeRouter,
  makeSslProfile,
  makeVhost,
  type PolicyEntity,
  type RouterEntity,
  type SslProfileEntity,
  type VhostEntity,
} from './configuration.ts';
import { type Fault, Faults } from './faults.ts';
import { readJsonSections } from './json-format.ts';
import { MAX_FILE_LENGTH } from './limits.ts';
import { type ReadEntity, readEntity, tellSupport } from './read-entity.ts';
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
  return {
    router: makeRouter(of('router')[0] as Partial<RouterEntity> | undefined),
    sslProfiles: of('sslProfile').map((values) => makeSslProfile(values as Partial<SslProfileEntity>)),
    listeners: of('listener').map((values) => makeListener(values as Partial<ListenerEntity>)),
    connectors: of('connector').map((values) => makeConnector(values as Partial<ConnectorEntity>)),
    addresses: of('router.config.address').map((values, index) => makeAddress(addressValues(values), index)),
    logs: of('log').map((values) => makeLog(logValues(values))),
    policy: makePolicy(of('policy')[0] as Partial<PolicyEntity> | undefined),
    vhosts: of('vhost').map((values) => makeVhost(values as unknown as VhostEntity)),
  };
}

type Values = Record<string, unknown>;

function valuesOf(entity: ReadEntity): Values {
  const configurable = [...entity.attributes].filter(([name]) => entity.spec.attributes[name]?.support !== 'shown');
  return Object.fromEntries(configurable.map(([name, { value }]) => [name, value]));
}

function addressValues(values: Values): Partial<AddressEntity> {
  const stripped: Values = { ...values };
  for (const kind of ['prefix', 'pattern'] as const) {
    const pattern = kind in values ? readPattern(kind, String(values[kind])) : '';
    if (typeof pattern === 'object') stripped[kind] = pattern.text;
  }
  return stripped as Partial<AddressEntity>;
}

function logValues(values: Values): Partial<LogEntity> & Pick<LogEntity, 'module'> {
  const isSyslog = values['outputFile'] === 'syslog';
  return (isSyslog ? { ...values, outputFile: 'stderr' } : values) as unknown as LogEntity;
}
