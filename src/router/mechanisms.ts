// By what a client may prove who it is: the SASL mechanisms that a listener offers.
import type { ServerMechanism } from '../engine/sasl/server.ts';
import type { ListenerEntity } from '../schema/configuration.ts';

/**
 * EXTERNAL needs a certificate of the peer, which is only asked for when EXTERNAL is named; ANONYMOUS never proves who the
 * peer is; PLAIN needs somebody who knows the passwords.
 */
export function offeredMechanisms(
  { saslMechanisms, authenticatePeer }: ListenerEntity,
  isCertified: boolean,
  canVerifyPasswords: boolean,
): ServerMechanism[] {
  const allowed = saslMechanisms === '' ? null : saslMechanisms.split(/\s+/);
  const known: ServerMechanism[] = [];
  if (isCertified && allowed?.includes('EXTERNAL')) known.push('EXTERNAL');
  if (!authenticatePeer) known.push('ANONYMOUS');
  if (canVerifyPasswords) known.push('PLAIN');
  return known.filter((mechanism) => allowed === null || allowed.includes(mechanism));
}

/** For the log: nobody can come in there. */
export function tellNothingOffered({ identity, saslMechanisms }: ListenerEntity, canVerifyPasswords: boolean): string {
  const needs = canVerifyPasswords ? '' : ' (PLAIN needs a usersFile)';
  return `Listener ${identity} can authenticate nobody: of ${quoted(saslMechanisms)} none can be offered${needs}`;
}

/** For the log: what is wanted of the peer it has not brought. */
export function tellNothingProved({ name, role, saslMechanisms }: ListenerEntity, remote: string): string {
  const external = saslMechanisms.includes('EXTERNAL')
    ? ', and EXTERNAL takes TLS and a certificate of an authority that it knows'
    : '';
  return `Connection of ${remote} can prove by nothing who it is: ${name} (role ${role}) offers ${quoted(saslMechanisms)}${external}`;
}

const quoted = (mechanisms: string): string => `"${mechanisms || 'all mechanisms'}"`;
