// Where the password of a connector or of a private key comes from, in Dispatch's forms: `env:NAME`, `file:/path`,
// `pass:TEXT`, `literal:TEXT`, or the password itself. No message ever holds the password.
import { readFileSync } from 'node:fs';
import type { Configuration, ConnectorEntity } from '../schema/configuration.ts';
import { describeSystemError, WeftError } from './errors.ts';

/** Whose password it is, for people. */
export interface PasswordOwner {
  /** `connector uplink`. */
  readonly owner: string;
  /** The attribute that names it. */
  readonly attribute: string;
}

/** The configuration with every saslPassword resolved. Throws WEFT_PASSWORD_UNAVAILABLE for the first that cannot be. */
export function resolvePasswords(configuration: Configuration, environment = process.env): Configuration {
  return { ...configuration, connectors: configuration.connectors.map((one) => resolveConnector(one, environment)) };
}

/** The same where `written` was resolved before to `resolved`: passwords of connectors that are the same stay what they were. */
export function resolveAgain(wanted: Configuration, written: Configuration, resolved: Configuration): Configuration {
  const known = new Map(written.connectors.map((connector, index) => [connector, resolved.connectors[index]]));
  const connectors = wanted.connectors.map((one) => known.get(one) ?? resolveConnector(one, process.env));
  return { ...wanted, connectors };
}

function resolveConnector(connector: ConnectorEntity, environment: NodeJS.ProcessEnv): ConnectorEntity {
  const { name, saslPassword } = connector;
  if (saslPassword === '') return connector;
  const owner = { owner: `connector ${name}`, attribute: 'saslPassword' };
  return { ...connector, saslPassword: resolvePassword(saslPassword, owner, environment) };
}

/** The password that `form` stands for. Throws WEFT_PASSWORD_UNAVAILABLE. */
export function resolvePassword(form: string, owner: PasswordOwner, environment = process.env): string {
  const colon = form.indexOf(':');
  const rest = form.slice(colon + 1);
  switch (form.slice(0, colon)) {
    case 'env':
      return fromEnvironment(owner, rest.trimStart(), environment);
    case 'file':
      return fromFile(owner, rest);
    case 'pass':
    case 'literal':
      return rest;
    default:
      return form;
  }
}

function fromEnvironment(
  { owner, attribute }: PasswordOwner,
  variable: string,
  environment: NodeJS.ProcessEnv,
): string {
  const password = environment[variable];
  if (password !== undefined) return password;
  throw new WeftError(
    'WEFT_PASSWORD_UNAVAILABLE',
    `no password for ${owner}: the environment has no variable ${variable}`,
    `Set ${variable}, or change ${attribute}.`,
  );
}

/** The first line of the file. */
function fromFile({ owner, attribute }: PasswordOwner, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new WeftError(
      'WEFT_PASSWORD_UNAVAILABLE',
      `no password for ${owner}: cannot read ${path}: ${describeSystemError(error)}`,
      `Make the file readable for the user that the router runs as, or change ${attribute}.`,
      error,
    );
  }
  const [line = ''] = text.split(/\r?\n/);
  if (line !== '') return line;
  throw new WeftError(
    'WEFT_PASSWORD_UNAVAILABLE',
    `no password for ${owner}: the first line of ${path} is empty`,
    'Put the password into the first line.',
  );
}
