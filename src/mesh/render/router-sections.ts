// One router of the mesh → the sections of its configuration.
//
// Everything is mutual TLS: whoever connects shows a certificate of the mesh, and is known by its common name (uidFormat n). There is a
// listener only for whom the mesh has: no edges, no listener for edges.

import { addressOf } from '../model/channel-table.ts';
import type { Application, Channel, Mesh, MeshRouter } from '../model/mesh.ts';
import { Rights } from '../model/rights.ts';
import { Endpoints } from '../topology/endpoints.ts';
import { type RouterLink, routerLinksOf } from '../topology/router-links.ts';
import type { Placement } from './placement.ts';
import { policySections, vhosts } from './policy-sections.ts';
import { type Section, section } from './sections.ts';

const profile = 'mesh';

/** What many routers of one mesh need, looked up once. */
export class RouterSections {
  readonly #mesh: Mesh;
  readonly #placement: Placement;
  readonly #rights: Rights;
  readonly #dialled = new Map<string, RouterLink[]>();
  readonly #dials = new Map<string, RouterLink[]>();
  readonly #edges = new Map<string, string[]>();
  readonly #applications = new Map<string, Application[]>();
  /** The channels that need a word, in the order of their names. */
  readonly #channels: readonly Channel[];

  constructor(mesh: Mesh, placement: Placement) {
    this.#mesh = mesh;
    this.#placement = placement;
    this.#rights = new Rights(mesh);
    for (const link of routerLinksOf(mesh)) {
      append(this.#dials, link.from, link);
      append(this.#dialled, link.to, link);
    }
    for (const { id, uplinks } of mesh.routers.values()) for (const uplink of uplinks) append(this.#edges, uplink, id);
    const endpoints = new Endpoints(mesh);
    for (const application of mesh.applications.values()) {
      for (const { id } of endpoints.of(application)) append(this.#applications, id, application);
    }
    this.#channels = [...mesh.channels.values()].filter(isUnusual).sort(byName);
  }

  /** Without the addresses, which are the same for all interior routers: see {@link addresses}. */
  of(router: MeshRouter): Section[] {
    const { id, mode } = router;
    const edges = this.#edges.get(id) ?? [];
    const takesApplications =
      mode === 'edge' || this.#mesh.environments.get(router.environment)?.directApplications === true;
    const applications = takesApplications ? (this.#applications.get(id) ?? []) : null;
    return [
      section('router', { mode, id }),
      section('sslProfile', {
        name: profile,
        caCertFile: `${this.#placement.pki}/ca.pem`,
        certFile: `${this.#placement.pki}/routers/${id}/cert.pem`,
        privateKeyFile: `${this.#placement.pki}/routers/${id}/key.pem`,
        uidFormat: 'n',
      }),
      ...this.#listeners(router, edges.length > 0, takesApplications),
      ...this.#connectors(router),
      ...policySections(this.#mesh, applications, edges, this.#rights),
    ];
  }

  /** How messages are distributed: on interior routers for all channels, on an edge for those of its applications. */
  addresses({ id, mode }: MeshRouter): Section[] {
    if (mode === 'interior') return this.#channels.map(addressSection);
    const channels = new Set<Channel>();
    for (const application of this.#applications.get(id) ?? []) {
      for (const right of ['publish', 'subscribe'] as const) {
        for (const channel of this.#rights.channels(application, right)) if (isUnusual(channel)) channels.add(channel);
      }
    }
    return [...channels].sort(byName).map(addressSection);
  }

  #listeners(router: MeshRouter, hasEdges: boolean, takesApplications: boolean): Section[] {
    const host = this.#placement.listenHost(router);
    const ports = this.#placement.ports(router);
    const secured = { sslProfile: profile, requireSsl: true, authenticatePeer: true, saslMechanisms: 'EXTERNAL' };
    const sections: Section[] = [];
    if (this.#dialled.has(router.id)) {
      sections.push(
        section('listener', { name: 'inter-router', host, port: ports.interRouter, role: 'inter-router', ...secured }),
      );
    }
    if (hasEdges) {
      sections.push(
        section('listener', {
          name: 'edges',
          host,
          port: ports.edge,
          role: 'edge',
          ...secured,
          policyVhost: vhosts.edges,
        }),
      );
    }
    if (takesApplications) {
      sections.push(
        section('listener', {
          name: 'applications',
          host,
          port: ports.applications,
          role: 'normal',
          ...secured,
          policyVhost: vhosts.applications,
        }),
      );
    }
    const http = { http: true, healthz: true, metrics: true, websockets: false };
    sections.push(
      section('listener', {
        name: 'probes',
        host,
        port: ports.health,
        role: 'normal',
        ...http,
        policyVhost: vhosts.probes,
      }),
    );
    return sections;
  }

  #connectors(router: MeshRouter): Section[] {
    const connector = (to: string, role: string, port: 'interRouter' | 'edge', cost: number | null): Section => {
      const peer = this.#mesh.routers.get(to) as MeshRouter;
      const place = { host: this.#placement.dialledAt(router, peer), port: this.#placement.ports(peer)[port] };
      return section('connector', { name: to, ...place, role, cost, sslProfile: profile, saslMechanisms: 'EXTERNAL' });
    };
    if (router.mode === 'edge') return router.uplinks.map((uplink) => connector(uplink, 'edge', 'edge', null));
    return (this.#dials.get(router.id) ?? []).map(({ to, cost }) => connector(to, 'inter-router', 'interRouter', cost));
  }
}

/** Balanced is what routers do anyway. */
const isUnusual = ({ distribution }: Channel): boolean => distribution !== 'balanced';
const byName = (a: Channel, b: Channel): number => (a.name < b.name ? -1 : 1);

function addressSection(channel: Channel): Section {
  const { isPrefix, distribution } = channel;
  const address = addressOf(channel);
  return section('address', isPrefix ? { prefix: address, distribution } : { pattern: address, distribution });
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
