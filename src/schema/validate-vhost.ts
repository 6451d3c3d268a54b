// Rules for vhosts: what their groups may say, and that no name belongs to two of them. A group has no lines of its own, so its
// faults stand at the place of `groups`.
import { makeVhost, type VhostEntity } from './configuration.ts';
import type { Faults } from './faults.ts';
import { placeOf, type ReadEntity } from './read-entity.ts';
import { nameConflicts, readVhost } from './vhost.ts';

/** Many vhosts with a fault each at one place are told in one line. */
const toldMax = 5;

export function checkVhosts(entities: readonly ReadEntity[], faults: Faults): void {
  const vhosts = entities.filter(({ spec }) => spec.name === 'vhost');
  const typed = new Map(vhosts.map((entity) => [entity, typedOf(entity)]));
  for (const [entity, vhost] of typed) {
    const { errors, warnings } = readVhost(vhost);
    const place = placeOf(entity, 'groups');
    if (errors.length > 0) faults.error(place, joined(errors));
    if (warnings.length > 0) faults.warning(place, joined(warnings));
  }
  const policy = entities.find(({ spec }) => spec.name === 'policy');
  const arePatterns = policy?.attributes.get('enableVhostNamePatterns')?.value === true;
  for (const [hostname, conflict] of nameConflicts([...typed.values()], arePatterns)) {
    const entity = [...typed].reverse().find(([, vhost]) => vhost.hostname === hostname)?.[0];
    // That a hostname stands twice is told where all unique names are looked after.
    if (entity !== undefined && !conflict.startsWith('there is')) faults.error(placeOf(entity, 'aliases'), conflict);
  }
}

function typedOf(entity: ReadEntity): VhostEntity {
  const values = Object.fromEntries([...entity.attributes].map(([name, { value }]) => [name, value]));
  return makeVhost({ ...values, hostname: String(values['hostname'] ?? '') });
}

function joined(faults: readonly string[]): string {
  const told = faults.slice(0, toldMax);
  return [...told, ...(told.length < faults.length ? [`and ${faults.length - told.length} more`] : [])].join('; ');
}
