// A vhost as configured → its rules, typed, or why they cannot be meant. Files are checked with it, and what management wants to
// create; the policy room compiles what comes of it.
import { readPattern } from './address-pattern.ts';
import type { AttributeSpec, PlainMap, PlainValue } from './attribute.ts';
import type { VhostEntity } from './configuration.ts';
import { defaultOf } from './defaults.ts';
import { suggestion } from './names.ts';
import { vhostUserGroupSettingsSpec } from './security-entities.ts';
import { nameFault, readHostRule } from './vhost-rules.ts';

/** The group of users who are in no other one, and that of outgoing connections. */
export const defaultGroup = '$default';
export const connectorGroup = '$connector';

/** What the users of a group may do; names are Dispatch's. */
export interface VhostGroup {
  readonly name: string;
  /** `*` is everyone else. */
  readonly users: readonly string[];
  readonly remoteHosts: readonly string[];
  /** 0 is that of the listener. */
  readonly maxFrameSize: number;
  readonly maxSessionWindow: number;
  readonly maxSessions: number;
  /** 0 is any number. */
  readonly maxSenders: number;
  readonly maxReceivers: number;
  /** 0 is any, null what the vhost says. */
  readonly maxMessageSize: number | null;
  /** null is what the vhost says. */
  readonly maxConnectionsPerUser: number | null;
  readonly maxConnectionsPerHost: number | null;
  readonly allowDynamicSource: boolean;
  readonly allowAnonymousSender: boolean;
  readonly allowUserIdProxy: boolean;
  readonly allowWaypointLinks: boolean;
  readonly allowDynamicLinkRoutes: boolean;
  readonly allowAdminStatusUpdate: boolean;
  readonly allowFallbackLinks: boolean;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  /** Not empty: they hold in place of `sources`. */
  readonly sourcePattern: readonly string[];
  readonly targetPattern: readonly string[];
}

export interface Vhost {
  readonly hostname: string;
  readonly aliases: readonly string[];
  readonly maxConnections: number;
  readonly maxMessageSize: number | null;
  readonly maxConnectionsPerUser: number;
  readonly maxConnectionsPerHost: number;
  readonly allowUnknownUser: boolean;
  readonly groups: ReadonlyMap<string, VhostGroup>;
}

export interface ReadVhost {
  /** Null if, and only if, there are errors. */
  readonly vhost: Vhost | null;
  readonly errors: readonly string[];
  /** What has no effect. */
  readonly warnings: readonly string[];
}

const lists = ['users', 'remoteHosts', 'sources', 'targets', 'sourcePattern', 'targetPattern'];

export function readVhost(entity: VhostEntity): ReadVhost {
  const errors: string[] = [];
  const warnings: string[] = [];
  const aliases = itemsOf(entity.aliases) ?? [];
  if (entity.hostname === '') errors.push('a vhost needs a hostname');
  for (const alias of aliases)
    if (alias === entity.hostname) errors.push(`the alias '${alias}' is the hostname itself`);
  const groups = new Map<string, VhostGroup>();
  for (const [name, settings] of Object.entries(entity.groups)) {
    const group = readGroup(name, settings, errors, warnings);
    if (group !== null) groups.set(name, group);
  }
  checkUsers(groups, errors, warnings);
  if (entity.allowUnknownUser && !groups.has(defaultGroup) && !(defaultGroup in entity.groups))
    errors.push(`allowUnknownUser needs a group '${defaultGroup}': the settings of users who are in no other one`);
  const { hostname, maxConnections, maxMessageSize, maxConnectionsPerUser, maxConnectionsPerHost } = entity;
  const limits = { maxConnections, maxMessageSize, maxConnectionsPerUser, maxConnectionsPerHost };
  const vhost = { hostname, aliases, ...limits, allowUnknownUser: entity.allowUnknownUser, groups };
  return { vhost: errors.length === 0 ? vhost : null, errors, warnings };
}

function readGroup(name: string, settings: PlainValue, errors: string[], warnings: string[]): VhostGroup | null {
  const at = `group '${name}'`;
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    errors.push(`${at} is a map of settings`);
    return null;
  }
  const values: Record<string, unknown> = { name };
  const specs = vhostUserGroupSettingsSpec.attributes;
  for (const [key, spec] of Object.entries(specs)) {
    const written = (settings as PlainMap)[key];
    const value = written === undefined ? defaultOf(spec) : written;
    values[key] = lists.includes(key) ? readList(at, key, value, errors) : readValue(at, key, spec, value, errors);
  }
  for (const key of Object.keys(settings)) {
    if (!(key in specs)) warnings.push(`${at}: there is no setting '${key}'${suggestion(key, Object.keys(specs))}`);
  }
  const group = values as unknown as VhostGroup;
  checkRules(at, group, errors);
  if (group.maxSenders === 0 || group.maxReceivers === 0)
    warnings.push(
      `${at}: maxSenders and maxReceivers of 0 bound nothing; leave targets or sources empty to allow none`,
    );
  return group;
}

/** Items between commas, or of a list: trimmed, each once. */
function itemsOf(value: PlainValue): string[] | null {
  if (typeof value === 'number') return [String(value)];
  const items = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(items) || items.some((item) => typeof item !== 'string' && typeof item !== 'number')) return null;
  return [...new Set(items.map((item) => String(item).trim()))].filter((item) => item !== '');
}

function readList(at: string, key: string, value: PlainValue, errors: string[]): readonly string[] {
  const items = itemsOf(value);
  if (items === null) errors.push(`${at}: ${key} is a text with commas, or a list of texts`);
  return items ?? [];
}

function readValue(at: string, key: string, spec: AttributeSpec, value: PlainValue, errors: string[]): PlainValue {
  if (spec.type === 'boolean') {
    if (typeof value === 'boolean') return value;
    const word = String(value).toLowerCase();
    if (['true', 'yes', 'on'].includes(word)) return true;
    if (!['false', 'no', 'off'].includes(word)) errors.push(`${at}: ${key} is true or false`);
    return false;
  }
  if (value === null) return null;
  const number = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = spec;
  if (Number.isInteger(number) && (number as number) >= minimum && (number as number) <= maximum) return number;
  errors.push(`${at}: ${key} is a whole number from ${minimum} on`);
  return 0;
}

function checkRules(at: string, group: VhostGroup, errors: string[]): void {
  for (const item of group.remoteHosts) {
    const rule = readHostRule(item);
    if (typeof rule === 'string') errors.push(`${at}: remoteHosts: ${rule}`);
  }
  const forms = [
    ['sources', 'sourcePattern'],
    ['targets', 'targetPattern'],
  ] as const;
  for (const [texts, patterns] of forms) {
    if (group[texts].length > 0 && group[patterns].length > 0)
      errors.push(`${at}: ${texts} and ${patterns} exclude each other`);
    for (const key of [texts, patterns]) {
      for (const item of group[key]) {
        const fault = nameFault(item, key === patterns);
        if (fault !== null) errors.push(`${at}: ${key}: ${fault}`);
      }
    }
  }
}

/** A user is in one group only. */
function checkUsers(groups: ReadonlyMap<string, VhostGroup>, errors: string[], warnings: string[]): void {
  const groupOf = new Map<string, string>();
  for (const { name, users } of groups.values()) {
    if (name === connectorGroup && users.length > 0)
      warnings.push(`group '${name}': its users have no effect, for it is for connections that the router makes`);
    if (name === connectorGroup) continue;
    for (const user of users) {
      const other = groupOf.get(user);
      if (other !== undefined) errors.push(`user '${user}' is in the groups '${other}' and '${name}'; one is allowed`);
      groupOf.set(user, name);
    }
  }
}

/**
 * No two vhosts may answer to the same name, nor, where names are patterns, to patterns with the same meaning. What is wrong, by
 * hostname of the later one.
 */
export function nameConflicts(
  vhosts: readonly Pick<VhostEntity, 'hostname' | 'aliases'>[],
  arePatterns: boolean,
): [hostname: string, conflict: string][] {
  const owners = new Map<string, string>();
  const conflicts: [string, string][] = [];
  const claim = (name: string, hostname: string, what: string): void => {
    const pattern = arePatterns ? readPattern('pattern', name) : null;
    const key = typeof pattern === 'object' && pattern !== null ? pattern.normal : name;
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, hostname);
    else if (owner !== hostname) conflicts.push([hostname, `${what} '${name}' is a name of the vhost '${owner}'`]);
    else if (what === 'the hostname') conflicts.push([hostname, `there is another vhost '${hostname}'`]);
  };
  for (const { hostname } of vhosts) claim(hostname, hostname, 'the hostname');
  for (const { hostname, aliases } of vhosts) {
    for (const alias of itemsOf(aliases) ?? []) claim(alias, hostname, 'the alias');
  }
  return conflicts;
}
