// The flags that `weft stat`, `manage`, `explain` and `trace` share: which router, and as whom. They are those of qdstat and qdmanage.
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ManagementLogin } from '../../management/client/management-connection.ts';
import { type AmqpTarget, defaultBus, parseBus } from '../amqp-target.ts';
import { bundleOption } from '../client-options.ts';
import { positiveNumber } from '../option-values.ts';
import { askPassword } from '../prompt.ts';
import { UsageError } from '../usage-error.ts';

export interface ConnectionFlags {
  readonly bus: string;
  readonly bundle?: string;
  readonly timeout: number;
  readonly sslCertificate?: string;
  readonly sslKey?: string;
  readonly sslTrustfile?: string;
  readonly sslPassword?: string;
  readonly sslPasswordFile?: string;
  readonly sslDisablePeerNameVerify?: boolean;
  readonly saslMechanisms?: string;
  readonly saslUsername?: string;
  readonly saslPassword?: string;
  readonly saslPasswordFile?: string;
}

/** Of a command that need not ask a router. */
export interface OptionalConnectionFlags extends Omit<ConnectionFlags, 'bus'> {
  readonly bus?: string;
}

/** Null when no router was named. */
export function givenFlags({ bus, ...flags }: OptionalConnectionFlags): ConnectionFlags | null {
  return bus === undefined && flags.bundle === undefined ? null : { ...flags, bus: bus ?? defaultBus };
}

export interface TargetFlags extends ConnectionFlags {
  readonly router?: string;
  readonly edgeRouter?: string;
}

const notes = `
The router is given as amqp://USER:PASSWORD@HOST:PORT, amqps:// for TLS. Passwords are better given by a file, or by
WEFT_PASSWORD, than on the command line, which everybody on the machine can read.`;

/** Where and as whom. */
const saidByBundle = [
  'bus',
  'sslCertificate',
  'sslKey',
  'sslTrustfile',
  'sslPassword',
  'sslPasswordFile',
  'sslDisablePeerNameVerify',
  'saslMechanisms',
  'saslUsername',
  'saslPassword',
  'saslPasswordFile',
];

export function addConnectionFlags(command: Command): Command {
  return addHowToConnect(command.option('-b, --bus <url>', 'the router to connect to', defaultBus));
}

/** @param purpose what for a router is asked if one is named */
export function addOptionalConnectionFlags(command: Command, purpose: string): Command {
  return addHowToConnect(command.option('-b, --bus <url>', purpose));
}

function addHowToConnect(command: Command): Command {
  return command
    .addOption(bundleOption(saidByBundle))
    .option('-t, --timeout <seconds>', 'how long to wait for the connection and for each reply', positiveNumber, 5)
    .option('--ssl-certificate <file>', 'our certificate (PEM)')
    .option('--ssl-key <file>', 'its private key (PEM)')
    .option('--ssl-trustfile <file>', 'authorities that may vouch for the router (PEM)')
    .option('--ssl-password <password>', 'password of the private key')
    .option('--ssl-password-file <file>', 'the file that holds it')
    .option('--ssl-disable-peer-name-verify', 'take a certificate for another host, too: insecure')
    .option('--sasl-mechanisms <names>', 'SASL mechanisms that may be used')
    .option('--sasl-username <name>', 'user for SASL PLAIN')
    .option('--sasl-password <password>', 'password for SASL PLAIN')
    .option('--sasl-password-file <file>', 'the file that holds it')
    .addHelpText('after', notes);
}

export function addTargetFlags(command: Command): Command {
  return addConnectionFlags(
    command
      .option('-r, --router <id>', 'ask this router of the network, through the one connected to')
      .option('-d, --edge-router <id>', 'ask this edge router, through the one connected to'),
  );
}

/** Where to connect. A certificate or authorities mean TLS. */
export function targetOf({ bus, sslCertificate, sslTrustfile }: ConnectionFlags): AmqpTarget {
  const target = parseBus(bus);
  if (target.isTls || (sslCertificate === undefined && sslTrustfile === undefined)) return target;
  const hasPort = /:\d+(\/|$)/.test(bus.replace(/^\w+:\/\//, ''));
  return { ...target, isTls: true, port: hasPort ? target.port : 5671 };
}

/** Address of the agent that is meant. */
export function agentAddressOf({ router, edgeRouter, ...flags }: TargetFlags): string {
  if (router !== undefined && edgeRouter !== undefined)
    throw new UsageError('give --router or --edge-router, not both');
  const { address } = targetOf(flags);
  if (address !== '') return address;
  if (router !== undefined) return `_topo/0/${router}/$management`;
  return edgeRouter === undefined ? '$management' : `_edge/${edgeRouter}/$management`;
}

export async function loginOf(flags: ConnectionFlags, containerId: string): Promise<ManagementLogin> {
  const target = targetOf(flags);
  const user = flags.saslUsername ?? target.user;
  const mechanisms = flags.saslMechanisms?.split(/[\s,]+/).filter((name) => name !== '') ?? null;
  const common = { containerId, hostname: target.host, mechanisms, hasCertificate: flags.sslCertificate !== undefined };
  if (user === '') return { ...common, user, password: '' };
  return { ...common, user, password: await passwordOf(flags, user, target.password) };
}

async function passwordOf(flags: ConnectionFlags, user: string, inUrl: string | null): Promise<string> {
  if (flags.saslPasswordFile !== undefined) return readSecret(flags.saslPasswordFile);
  const given = flags.saslPassword ?? inUrl ?? process.env['WEFT_PASSWORD'];
  if (given !== undefined) return given;
  if (process.stdin.isTTY) return askPassword(`Password for ${user}`, { confirm: false });
  throw new UsageError(`no password for ${user}: set WEFT_PASSWORD, or give --sasl-password-file`);
}

/** What a password file holds, without blanks and line ends around it. */
export async function readSecret(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new UsageError(`cannot read the password file ${file}`);
  }
}
