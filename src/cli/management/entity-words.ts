// Entities as they are named and written on the command line of `weft manage`.

import { typePrefix } from '../../management/client/management-node.ts';
import { entityOfSection } from '../../schema/entities.ts';
import { UsageError } from '../usage-error.ts';

export interface EntityFlags {
  readonly type?: string | undefined;
  readonly name?: string;
  readonly identity?: string;
}

const sections: Record<string, string> = {
  link: 'router.link',
  node: 'router.node',
  address: 'router.config.address',
  linkRoute: 'router.config.linkRoute',
  autoLink: 'router.config.autoLink',
};

/** `listener` → `org.apache.qpid.dispatch.listener`; a name with a dot stays as it is. */
export function longTypeName(type: string | undefined): string | undefined {
  if (type === undefined || type === '' || type.includes('.')) return type;
  return typePrefix + (sections[type] ?? type);
}

/** `ATTR=VALUE` words. `type` tells which attributes are integers. */
export function parseAssignments(words: readonly string[], type: string | undefined): Record<string, unknown> {
  const attributes = entityOfSection(type ?? '')?.attributes ?? {};
  const pairs = words.map((word): [string, unknown] => {
    const equals = word.indexOf('=');
    if (equals < 0) return [word, null];
    const name = word.slice(0, equals);
    return [name, readValue(name, word.slice(equals + 1), attributes[name]?.type === 'integer')];
  });
  return Object.fromEntries(pairs);
}

function readValue(name: string, text: string, isInteger: boolean): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  if (!isInteger) return text;
  if (!/^[+-]?\d+$/.test(text.trim()))
    throw new UsageError(`${name} is an integer, and ${JSON.stringify(text)} is none`);
  return Number(text);
}

/** JSON; what does not look like it is text. */
export function parseJson(flag: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/["{}[\]]/.test(text)) return text;
    throw new UsageError(`${flag}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Entity = Record<string, unknown>;

export async function readStdinEntities(): Promise<Entity | Entity[]> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk as string;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`standard input is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const isEntity = (one: unknown): one is Entity => typeof one === 'object' && one !== null && !Array.isArray(one);
  if (isEntity(data) || (Array.isArray(data) && data.every(isEntity))) return data;
  throw new UsageError('standard input holds neither a JSON map nor a list of maps');
}
