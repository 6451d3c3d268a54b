// `weft manage`: one management operation on a router, with the words and flags of qdmanage.
import { Command } from 'commander';
import type { EntityRow, ManagementNode } from '../management/client/management-node.ts';
import type { ManagementReply } from '../management/client/reply.ts';
import { ENTITIES } from '../schema/entities.ts';
import { addTargetFlags, agentAddressOf, type TargetFlags } from './management/connection-flags.ts';
import {
  type EntityFlags,
  longTypeName,
  parseAssignments,
  parseJson,
  readStdinEntities,
} from './management/entity-words.ts';
import { ManagementSession } from './management/management-session.ts';
import { pythonJson } from './management/python-json.ts';
import { UsageError } from './usage-error.ts';
import { readVersion } from './version.ts';

interface ManageOptions extends TargetFlags, EntityFlags {
  readonly indent: number;
  readonly stdin?: true;
  readonly body?: string;
  readonly properties?: string;
  readonly persist?: true;
}

/** What qdmanage expands by itself, or what is a word alone; the others by their type names. */
const typeNames = ENTITIES.filter(({ support }) => support === 'full' || support === 'shown')
  .map(({ name }) =>
    name.replace(/^router\.(config\.address|link|node)$/, (_, last: string) => last.split('.').at(-1) ?? last),
  )
  .filter((name) => !name.includes('.') && name !== 'management')
  .join(', ');

const notes = `
Operations:
  query [ATTR...]          entities of --type, with these attributes or all
  create [ATTR=VALUE...]   make an entity of --type
  read                     one entity, by --type and --name or --identity
  update [ATTR=VALUE...]   change an entity
  delete                   remove an entity
  get-types, get-attributes, get-operations, get-annotations [TYPE], get-mgmt-nodes, get-schema, get-log
  anything else            is sent as it is, with ATTR=VALUE, --properties and --body

Types: ${typeNames}, …
VALUE is text; true and false are booleans, and what the schema calls an integer is a number. ATTR alone means no value.

  weft manage query --type connection container user
  weft manage create --type listener --name extra host=0.0.0.0 port=5673
  weft manage update --type log --name log/DEFAULT enable=debug+
  weft manage update --type connection --identity 17 adminStatus=deleted    # ends it; what it held is free again`;

export function manageCommand(): Command {
  const command = new Command('manage')
    .description('See and change a running router, as qdmanage does.')
    .argument('<operation>', 'what to do')
    .argument('[attributes...]', 'attributes of the operation')
    .option('--type <type>', 'the type of entity')
    .option('--name <name>', 'the entity, by name')
    .option('--identity <id>', 'the entity, by identity')
    .option('--indent <blanks>', 'how far JSON is indented; -1: all in one line', indentation, 2)
    .option('--stdin', 'read attributes as JSON from standard input: a map, or a list of maps')
    .option('--body <json>', 'the body of another operation')
    .option('--properties <json>', 'properties of another operation')
    .option('--persist', 'write the change into the configuration file of the router, too')
    .option('-v, --verbose', 'accepted as by qdmanage; there is nothing more to show')
    .version(readVersion(), '--version', 'print the version')
    .action(manage);
  return addTargetFlags(command).addHelpText('after', notes);
}

function indentation(text: string): number {
  const blanks = Number(text);
  if (!Number.isInteger(blanks) || blanks < -1 || blanks > 40) throw new UsageError('--indent: give -1 to 40');
  return blanks;
}

async function manage(operation: string, words: string[], options: ManageOptions): Promise<void> {
  const address = agentAddressOf(options);
  const run = operationFor(operation, words, { ...options, type: longTypeName(options.type) });
  const session = await ManagementSession.open(options);
  try {
    const printed = await run(session.node(address));
    if (printed !== undefined) process.stdout.write(`${printed}\n`);
  } catch (error) {
    throw await session.explain(error, address);
  } finally {
    session.close();
  }
}

type Run = (node: ManagementNode) => Promise<string | undefined>;

/** Checks the words before anybody is asked. What it prints is what qdmanage prints. */
function operationFor(operation: string, words: string[], options: ManageOptions): Run {
  const print = (value: unknown): string => pythonJson(value, options.indent === -1 ? null : options.indent);
  const more: EntityRow = options.persist ? { persist: true } : {};
  const { type = null, name = null, identity = null } = options;
  const which = { type, name, identity };
  switch (operation.toLowerCase()) {
    case 'query':
      return async (node) => print((await node.query(type, { attributeNames: words })).map(withoutNulls));
    case 'create':
      return changing(words, options, print, (node, attributes) => node.create(attributes, which, more));
    case 'update':
      return changing(words, options, print, (node, attributes) => node.update(booleansOf(attributes), which, more));
    case 'read':
      noMore(words, 0);
      return async (node) => print((await node.read(which)).body);
    case 'delete':
      noMore(words, 0);
      return async (node) => {
        tellMore(await node.delete(which, more));
        return undefined;
      };
    case 'get-types':
    case 'get-attributes':
    case 'get-operations':
    case 'get-annotations':
    case 'get-mgmt-nodes': {
      noMore(words, 1);
      const entityType = type ?? longTypeName(words[0]) ?? null;
      return async (node) => print(await node.ofNode(operation.toUpperCase(), { entityType }));
    }
    default:
      return customOperation(operation, words, options, print);
  }
}

function changing(
  words: string[],
  options: ManageOptions,
  print: (value: unknown) => string,
  change: (node: ManagementNode, attributes: EntityRow) => Promise<ManagementReply>,
): Run {
  if (!options.stdin) {
    const attributes = withLongType(parseAssignments(words, options.type));
    return async (node) => print(bodyOf(await change(node, attributes)));
  }
  if (words.length > 0) throw new UsageError('give attributes on the command line or with --stdin, not both');
  return async (node) => {
    const entities = await readStdinEntities();
    if (!Array.isArray(entities)) return print(bodyOf(await change(node, withLongType(entities))));
    const bodies: unknown[] = [];
    for (const attributes of entities) bodies.push(bodyOf(await change(node, withLongType(attributes))));
    return print(bodies);
  };
}

const ownOperations = ['GET-SCHEMA', 'GET-JSON-SCHEMA', 'GET-LOG', 'EXPLAIN'];

function customOperation(
  operation: string,
  words: string[],
  options: ManageOptions,
  print: (value: unknown) => string,
): Run {
  const { type, name, identity } = options;
  const given = options.properties === undefined ? {} : parseJson('--properties', options.properties);
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new UsageError('--properties: give a JSON map');
  const properties = { type, name, identity, ...parseAssignments(words, type), ...given };
  const body = options.body === undefined ? {} : parseJson('--body', options.body);
  const known = operation.toUpperCase();
  const request = { operation: ownOperations.includes(known) ? known : operation, properties, body };
  return async (node) => {
    const { body: answer } = await node.ask(request);
    if (typeof answer === 'string') return answer === '' ? undefined : answer;
    const isEmpty = !answer || (typeof answer === 'object' && Object.keys(answer).length === 0);
    return isEmpty ? undefined : print(answer);
  };
}

/** What the agent has to say beside its answer, such as that a change will not outlive a restart. */
function tellMore({ properties }: ManagementReply): void {
  const note = properties['weft.note'];
  if (typeof note === 'string' && note !== '') process.stderr.write(`${note}\n`);
}

function bodyOf(reply: ManagementReply): unknown {
  tellMore(reply);
  return reply.body;
}

function withoutNulls(row: EntityRow): EntityRow {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

function withLongType(attributes: EntityRow): EntityRow {
  const { type } = attributes;
  return typeof type === 'string' ? { ...attributes, type: longTypeName(type) } : attributes;
}

const booleanWords: Record<string, boolean> = { yes: true, true: true, on: true, no: false, false: false, off: false };

/** In an UPDATE these words stand for booleans, as in configuration files. */
function booleansOf(attributes: EntityRow): EntityRow {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, booleanWords[String(value)] ?? value]),
  );
}

function noMore(words: string[], most: number): void {
  if (words.length > most) throw new UsageError(`unexpected arguments: ${words.slice(most).join(' ')}`);
}
