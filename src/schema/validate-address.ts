// Rules for addresses: which addresses are meant, and the phases at which they are attached to.
import { literalWildcards, readPattern } from './address-pattern.ts';
import type { Faults } from './faults.ts';
import { placeOf, type ReadEntity } from './read-entity.ts';

export function checkAddress(address: ReadEntity, faults: Faults): void {
  const { written, attributes } = address;
  if (written.has('prefix') === written.has('pattern')) {
    const what = written.has('prefix') ? 'not both' : 'and this address has neither';
    faults.error(address.place, `an address has a prefix or a pattern, ${what}`);
  }
  for (const kind of ['prefix', 'pattern'] as const) {
    const read = attributes.get(kind);
    if (read === undefined) continue;
    const pattern = readPattern(kind, String(read.value));
    if (typeof pattern === 'string') faults.error(read.place, pattern);
    else {
      for (const token of literalWildcards(pattern.text)) {
        faults.warning(read.place, `in '${token}' the * or # is no wildcard: that it is only as a whole word`);
      }
    }
  }
  checkPhases(address, faults);
}

function checkPhases(address: ReadEntity, faults: Faults): void {
  const { written, attributes } = address;
  if (written.has('ingressPhase') !== written.has('egressPhase')) {
    const given = written.has('ingressPhase') ? 'ingressPhase' : 'egressPhase';
    faults.error(placeOf(address, given), 'ingressPhase and egressPhase are given together, or neither of them');
  }
  const hasPhase = ['ingressPhase', 'egressPhase'].some((name) => Number(attributes.get(name)?.value ?? 0) > 0);
  if (attributes.get('enableFallback')?.value === true && (hasPhase || attributes.get('waypoint')?.value === true)) {
    faults.error(
      placeOf(address, 'enableFallback'),
      'an address with a fallback can be no waypoint and have no phase but 0',
    );
  }
}
