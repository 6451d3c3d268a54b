// The mesh that `npm start` runs: which routers, where, and who dials whom; and what each is configured with.
//
//   applications ── north-edge ══ north-1 ──── south-1 ══ south-edge ── applications
//                            ┆       │    ╲  ╱    │       ┆
//                            ┆       │    ╱  ╲    │       ┆
//                            └┄┄┄ north-2 ──── south-2 ┄┄┄┘
//
// Every two interior routers are linked, and of its two uplinks an edge uses one (═) while the other one stands by (┄): the loss of
// an interior router cuts nobody off.
import { type Cloud, sampleChannels } from './sample-applications.ts';

export interface SampleRouter {
  readonly name: string;
  readonly cloud: Cloud;
  readonly kind: 'interior' | 'edge';
  /** Names of the routers that it dials. The south accepts nothing from outside: it dials the north. */
  readonly dials: readonly string[];
}

/** In the order of the way from north to south. */
export const sampleRouters: readonly SampleRouter[] = [
  { name: 'north-edge', cloud: 'north', kind: 'edge', dials: ['north-1', 'north-2'] },
  { name: 'north-1', cloud: 'north', kind: 'interior', dials: [] },
  { name: 'north-2', cloud: 'north', kind: 'interior', dials: ['north-1'] },
  { name: 'south-1', cloud: 'south', kind: 'interior', dials: ['north-1', 'north-2'] },
  { name: 'south-2', cloud: 'south', kind: 'interior', dials: ['north-1', 'north-2', 'south-1'] },
  { name: 'south-edge', cloud: 'south', kind: 'edge', dials: ['south-1', 'south-2'] },
];

/** Between clouds; within one a link costs 1. */
const costBetweenClouds = 10;

type Role = 'normal' | 'edge' | 'inter-router';

/** What listens where: of an edge for applications, of an interior router for each kind of router. */
export const rolesOf = ({ kind }: SampleRouter): readonly Role[] =>
  kind === 'edge' ? ['normal'] : ['inter-router', 'edge'];

/** The place of a listener among all of them: `north-1 edge`. */
export const listenerName = (router: SampleRouter, role: Role): string => `${router.name} ${role}`;

/** A configuration in the form of JSON. `ports`: by listener name. */
export function configurationOf(router: SampleRouter, ports: ReadonlyMap<string, number>): string {
  const portOf = (one: SampleRouter, role: Role): number => ports.get(listenerName(one, role)) as number;
  const host = '127.0.0.1';
  const dialled = sampleRouters.filter(({ name }) => router.dials.includes(name));
  const role = router.kind === 'edge' ? 'edge' : 'inter-router';
  return JSON.stringify([
    ['router', { id: router.name, mode: router.kind }],
    ...rolesOf(router).map((own) => ['listener', { name: own, role: own, host, port: portOf(router, own) }]),
    ...dialled.map((one) => {
      const cost = one.cloud === router.cloud ? {} : { cost: costBetweenClouds };
      return ['connector', { name: `to-${one.name}`, role, host, port: portOf(one, role), ...cost }];
    }),
    ...sampleChannels.map(({ name, distribution }) => ['address', { prefix: name, distribution }]),
  ]);
}
