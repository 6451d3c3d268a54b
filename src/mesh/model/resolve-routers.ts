// Environments and edges as they are written → the routers of the mesh, each with its id and where it is reached.
import { routersMax } from '../limits.ts';
import { type Declarations, type Declared, type EdgeEntry, placeText } from './declarations.ts';
import { below, type MeshFaults } from './faults.ts';
import type { Names } from './look-up.ts';
import type { Environment, MeshRouter } from './mesh.ts';
import type { EnvironmentEntry } from './mesh-schema.ts';
import { labelAllowed, labelPattern } from './names.ts';

export function environmentsOf(declared: ReadonlyMap<string, Declared<EnvironmentEntry>>): Map<string, Environment> {
  const environments = new Map<string, Environment>();
  for (const { name, entry, origin } of declared.values()) {
    environments.set(name, {
      name,
      description: entry.description ?? '',
      routers: entriesOf(name, entry).map(({ id }) => id),
      acceptsInbound: entry.acceptsInbound,
      directApplications: entry.directApplications,
      ports: entry.ports,
      namespace: entry.placement.namespace,
      origin,
    });
  }
  return environments;
}

/** The interior routers, then the edges. */
export function routersOf(
  all: Declarations,
  declared: ReadonlyMap<string, Declared<EnvironmentEntry>>,
  look: Names,
  faults: MeshFaults,
): Map<string, MeshRouter> {
  const routers = new Map<string, MeshRouter>();
  for (const environment of declared.values()) {
    for (const router of interiorOf(environment)) addRouter(routers, router, faults);
  }
  const interior = new Map(routers);
  for (const edge of all.edges) addRouter(routers, edgeOf(edge, declared, interior, look), faults);
  if (routers.size > routersMax) {
    const [first] = routers.values();
    if (first)
      faults.fault('form', first.origin, `the mesh has ${routers.size} routers; ${routersMax} are allowed; split it`);
  }
  return routers;
}

interface RouterEntry {
  readonly id: string;
  readonly host?: string | undefined;
  readonly zone?: string | undefined;
}

function entriesOf(name: string, { routers }: EnvironmentEntry): readonly RouterEntry[] {
  if (typeof routers !== 'number') return routers;
  return Array.from({ length: routers }, (_, at) => ({ id: `${name}-${at + 1}` }));
}

function interiorOf({ name, entry, origin }: Declared<EnvironmentEntry>): MeshRouter[] {
  const isList = typeof entry.routers !== 'number';
  const zones = entry.placement.zones ?? [];
  return entriesOf(name, entry).map((router, at) => ({
    id: router.id,
    mode: 'interior',
    environment: name,
    ...reachedAt(router, entry.domain),
    zone: router.zone ?? zones[at % zones.length] ?? '',
    team: '',
    uplinks: [],
    origin: isList ? below(origin, 'routers', at) : below(origin, 'routers'),
  }));
}

function edgeOf(
  { name, entry, origin }: Declared<EdgeEntry>,
  environments: ReadonlyMap<string, Declared<EnvironmentEntry>>,
  interior: ReadonlyMap<string, MeshRouter>,
  look: Names,
): MeshRouter {
  look.check('environments', 'environment', entry.environment, below(origin, 'environment'));
  look.check('teams', 'team', entry.team, below(origin, 'team'));
  const uplinks = (entry.uplinks ?? [entry.environment]).flatMap((uplink, at) => {
    if (interior.has(uplink)) return [uplink];
    const known = [...environments.keys(), ...interior.keys()];
    const whole = environments.get(uplink);
    if (whole !== undefined) return entriesOf(uplink, whole.entry).map(({ id }) => id);
    if (look.has('environments', uplink)) return [];
    if (entry.uplinks) look.tell('environment or interior router', uplink, known, below(origin, 'uplinks', at));
    return [];
  });
  return {
    id: name,
    mode: 'edge',
    environment: entry.environment,
    ...reachedAt({ id: name, host: entry.host }, environments.get(entry.environment)?.entry.domain),
    zone: entry.zone ?? '',
    team: entry.team,
    uplinks: [...new Set(uplinks)],
    origin,
  };
}

function reachedAt({ id, host }: RouterEntry, domain: string | undefined): Pick<MeshRouter, 'host' | 'isAddressed'> {
  if (host !== undefined) return { host, isAddressed: true };
  return domain === undefined ? { host: id, isAddressed: false } : { host: `${id}.${domain}`, isAddressed: true };
}

/** Ids that follow from the number of routers are seen here for the first time. */
function addRouter(routers: Map<string, MeshRouter>, router: MeshRouter, faults: MeshFaults): void {
  const { id, origin } = router;
  const before = routers.get(id);
  if (before !== undefined) {
    const place = placeText(before.origin);
    faults.fault(
      'duplicate',
      origin,
      `there is a router ${id} already (${place}); ids are unique in the mesh; rename one`,
      'key',
    );
    return;
  }
  if (!labelPattern.test(id))
    faults.fault('name', origin, `its router would be called ${id}; ${labelAllowed}; choose a shorter name`, 'key');
  routers.set(id, router);
}
