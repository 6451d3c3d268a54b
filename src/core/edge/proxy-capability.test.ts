import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AddressRule } from '../address-table.ts';
import { proxyCapability } from './proxy-capability.ts';

const rule = (ingressPhase: number, egressPhase: number): AddressRule => ({
  pattern: 'store/#',
  distribution: 'balanced',
  ingressPhase,
  egressPhase,
  priority: -1,
});

/** The phase that the interior works out for a link: of the edge's sender (outgoing), or of its receiver. */
function phaseAtInterior(capability: string | null, { ingressPhase, egressPhase }: AddressRule, isOutgoing: boolean) {
  if (capability === null) return isOutgoing ? ingressPhase : egressPhase;
  const ordinal = Number(/^qd\.waypoint\.([1-9])$/.exec(capability)?.[1]);
  return isOutgoing ? ordinal : ordinal - 1;
}

test('the interior works out the phase that the edge has, for every phase of the rule and both directions', () => {
  const digit = fc.nat(9);
  fc.assert(
    fc.property(digit, digit, digit, fc.boolean(), (one, two, three, isOutgoing) => {
      const [ingressPhase, phase, egressPhase] = [one, two, three].sort((a, b) => a - b) as [number, number, number];
      const ours = rule(ingressPhase, egressPhase);
      expect(phaseAtInterior(proxyCapability(ours, phase, isOutgoing), ours, isOutgoing)).toBe(phase);
    }),
  );
});

test('addresses without phases, without a rule, and phases beyond the rule need none', () => {
  expect(proxyCapability(null, 0, true)).toBeNull();
  expect(proxyCapability(rule(0, 0), 0, false)).toBeNull();
  expect(proxyCapability(rule(2, 4), 1, true)).toBeNull();
  expect(proxyCapability(rule(2, 4), 5, false)).toBeNull();
});

test('a broker behind the edge has the phases that the usual clients do not have', () => {
  const usual = rule(0, 1);
  expect([proxyCapability(usual, 0, true), proxyCapability(usual, 1, false)]).toEqual([null, null]);
  expect([proxyCapability(usual, 1, true), proxyCapability(usual, 0, false)]).toEqual([
    'qd.waypoint.1',
    'qd.waypoint.1',
  ]);
});
