// The routers of a small mesh in this process, with certificates, TLS and policy as `weft up` gives them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeRouter } from '../../host/node-router.ts';
import { startRouter } from '../../host/start-router.ts';
import type { Mesh } from '../../mesh/model/mesh.ts';
import { placedLocally } from '../../mesh/render/placement.ts';
import { configurationsOf } from '../../mesh/render/rendering.ts';
import { Endpoints } from '../../mesh/topology/endpoints.ts';
import { makeLog } from '../../schema/configuration.ts';
import { readConfiguration } from '../../schema/read-configuration.ts';
import { type PortPlan, planPorts } from '../free-ports.ts';
import { credentialsIn, issueFor } from '../mesh-certificates.ts';
import type { Endpoint } from '../running-mesh.ts';
import type { Places } from '../traffic/plan.ts';

const silent = [makeLog({ module: 'DEFAULT', enable: 'none' })];

export class MeshInProcess implements Places {
  readonly routers: ReadonlyMap<string, NodeRouter>;
  readonly #mesh: Mesh;
  readonly #ports: PortPlan;
  readonly #dir: string;

  private constructor(mesh: Mesh, ports: PortPlan, dir: string, routers: ReadonlyMap<string, NodeRouter>) {
    this.#mesh = mesh;
    this.#ports = ports;
    this.#dir = dir;
    this.routers = routers;
  }

  static async start(mesh: Mesh): Promise<MeshInProcess> {
    const dir = mkdtempSync(join(tmpdir(), 'weft-mesh-'));
    await issueFor(mesh, dir);
    const ports = await planPorts(mesh.routers.keys(), {});
    const placement = placedLocally(({ id }) => ports[id]!, dir);
    const routers = new Map<string, NodeRouter>();
    for (const { router, text } of configurationsOf(mesh, placement, 'weft')) {
      const { configuration, faults } = readConfiguration(text, `${router.id}.yaml`);
      if (configuration === null) throw new Error(JSON.stringify(faults));
      routers.set(router.id, await startRouter({ ...configuration, logs: silent }, { version: '0.0.0' }));
    }
    return new MeshInProcess(mesh, ports, dir, routers);
  }

  endpointsOf(application: string): Endpoint[] {
    const found = this.#mesh.applications.get(application);
    if (found === undefined) return [];
    return new Endpoints(this.#mesh).of(found).map(({ id }) => {
      return { router: id, host: '127.0.0.1', port: this.#ports[id]!.applications };
    });
  }

  credentialsOf(application: string) {
    return credentialsIn(this.#dir, application);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.routers.values()].map((router) => router.stop()));
    rmSync(this.#dir, { recursive: true });
  }
}
