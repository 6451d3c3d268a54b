// Where a connector's saslPassword comes from, in Dispatch's forms: `env:NAME`, `file:/path`, `pass:TEXT`, `literal:TEXT`,
// or the password itself. Resolved before anything starts; no message ever holds the password.
import { readFileSync } from 'node:fs';
import type { Configuration, ConnectorEntity } from '../schema/configuration.ts';
import { describeSystemError, WeftError } from './errors.ts';

/** The configuration with every saslPassword resolved. Throws WEFT_PASSWORD_UNAVAILABLE for the first that cannot be. */
export function resolvePasswords(configuration: Configuration, environment = process.env): Configuration {
  return { ...configuration, connectors: configuration.connectors.map((one) => resolveConnector(one, environment)) };
}

function resolveConnector(connector: ConnectorEntity, environment: NodeJS.ProcessEnv): ConnectorEntity {
  if (connector.saslPassword === '') return connector;
  return { ...connector, saslPassword: resolvePassword(connector, environment) };
}

function resolvePassword({ name, saslPassword }: ConnectorEntity, environment: NodeJS.ProcessEnv): string {
  const colon = saslPassword.indexOf(':');
  const rest = saslPassword.slice(colon + 1);
  switch (saslPassword.slice(0, colon)) {
    case 'env':
      return fromEnvironment(name, rest.trimStart(), environment);
    case 'file':
      return fromFile(name, rest);
    case 'pass':
    case 'literal':
      return rest;
    default:
      return saslPassword;
  }
}

function fromEnvironment(connector: string, variable: string, environment: NodeJS.ProcessEnv): string {
  const password = environment[variable];
  if (password !== undefined) return password;
  throw new WeftError(
    'WEFT_PASSWORD_UNAVAILABLE',
    `no password for connector ${connector}: the environment has no variable ${variable}`,
    `Set ${variable}, or change saslPassword.`,
  );
}

/** The first line of the file. */
function fromFile(connector: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new WeftError(
      'WEFT_PASSWORD_UNAVAILABLE',
      `no password for connector ${connector}: cannot read ${path}: ${describeSystemError(error)}`,
      'Make the file readable for the user that the router runs as, or change saslPassword.',
      error,
    );
  }
  const [line = ''] = text.split(/\r?\n/);
  if (line !== '') return line;
  throw new WeftError(
    'WEFT_PASSWORD_UNAVAILABLE',
    `no password for connector ${connector}: the first line of ${path} is empty`,
    'Put the password into the first line.',
  );
}
