// By which capability an edge router's proxy makes the interior compute the same phase of an address.
import type { AddressRule } from '../address-table.ts';

/** Null: none is needed, phase 0. Only addresses with an egress phase, those of brokers, have phases at all. */
export function proxyCapability(rule: AddressRule | null, phase: number, isOutgoing: boolean): string | null {
  if (rule === null || rule.egressPhase === 0) return null;
  const { ingressPhase, egressPhase } = rule;
  const isUsual = isOutgoing ? phase === ingressPhase : phase === egressPhase;
  if (isUsual || phase < ingressPhase || phase > egressPhase) return null;
  return `qd.waypoint.${isOutgoing ? phase : phase + 1}`;
}
