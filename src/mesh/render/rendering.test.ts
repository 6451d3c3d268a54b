import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { Namespace, Service } from 'kubernetes-types/core/v1.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { Environment, Mesh, MeshRouter } from '../model/mesh.ts';
import { corpus } from '../testing/corpus.ts';
import { meshOf, meshOfText, starterMesh } from '../testing/starter-mesh.ts';
import { CannotRender } from './cannot-render.ts';
import { disruptionBudgetOf, namespaceOf, serviceOf, statefulSetOf } from './kubernetes-objects.ts';
import { type Engine, engines, type RenderOptions, render, type Target, targets } from './rendering.ts';

function rendered(mesh: Mesh, target: Target, engine: Engine = 'weft', image = 'weft:1.2.3'): Map<string, string> {
  const hash = (text: string): string => String(text.length);
  const options: RenderOptions = { target, engine, image, version: '1.2.3', hash };
  return render(mesh, options);
}

const all = targets.flatMap((target) => engines.map((engine) => [target, engine] as const));

describe('the starter', () => {
  test.each(all)('for %s with %s it is rendered as before', async (target, engine) => {
    const files = rendered(
      starterMesh(),
      target,
      engine,
      engine === 'weft' ? 'weft:1.2.3' : 'registry.example/qdrouterd:1.19',
    );
    const text = [...files].map(([path, content]) => `=== ${path}\n${content}`).join('');
    await expect(text).toMatchFileSnapshot(`../golden/render-${target}-${engine}.txt`);
  });

  test.each(all)('for %s with %s it is rendered twice in the same bytes', (target, engine) => {
    expect([...rendered(starterMesh(), target, engine)]).toEqual([...rendered(starterMesh(), target, engine)]);
  });
});

test.each([
  ['systemd', 'weft', 'render-by-name'],
  ['local', 'qdrouterd', 'render-by-name-qdrouterd'],
] as const)(
  'routers by name, a standby link, edges without interior routers of their own: for %s with %s',
  async (target, engine, name) => {
    const { files } = corpus('warned').find((one) => one.name === 'routers-by-name') ?? {};
    if (files === undefined) throw new Error('the corpus has no routers-by-name');
    const texts = [...rendered(meshOf(files), target, engine)].filter(([path]) =>
      /\/etc\/weft\/|^routers\//.test(path),
    );
    await expect(texts.map(([path, text]) => `=== ${path}\n${text}`).join('')).toMatchFileSnapshot(
      `../golden/${name}.txt`,
    );
  },
);

test.each(['192.0.2.7', 'fd00::7'])(
  'qdrouterd, which verifies names only, is given no router to dial at %s',
  (host) => {
    const mesh = meshOfText(
      JSON.stringify({
        mesh: 'one',
        environments: {
          here: {
            routers: [
              { id: 'a', host },
              { id: 'b', host: 'b.example' },
            ],
          },
        },
      }),
    );
    const told = `b dials a at ${host}, and qdrouterd verifies the certificates of names only: give a a DNS name as host`;
    expect(() => rendered(mesh, 'systemd', 'qdrouterd', '')).toThrow(new CannotRender(told));
    expect([...rendered(mesh, 'systemd').keys()]).toContain('here/b/etc/weft/b.yaml');
    // Names of services are names.
    expect([...rendered(mesh, 'compose', 'qdrouterd').keys()]).toContain('routers/b.conf');
  },
);

describe('systemd', () => {
  const analyze = spawnSync('systemd-analyze', ['--version']).error === undefined;

  test.runIf(analyze)('verifies every unit', () => {
    const folder = mkdtempSync(join(tmpdir(), 'weft-units-'));
    try {
      for (const [path, text] of rendered(starterMesh(), 'systemd')) {
        if (!path.endsWith('.service')) continue;
        const unit = join(folder, path.split('/').at(-1) as string);
        // It looks for the program, too, and weft is not installed here.
        writeFileSync(unit, text.replace('ExecStart=/usr/bin/weft ', 'ExecStart=/bin/true '));
        const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
        expect([path, status, stderr]).toEqual([path, 0, '']);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('compose has a service for each router, and mounts what its configuration names', () => {
  const files = rendered(starterMesh(), 'compose');
  const { services } = parse(files.get('compose.yaml') ?? '') as { services: Record<string, { volumes: string[] }> };
  expect(Object.keys(services)).toEqual([...starterMesh().routers.keys()]);
  for (const [id, { volumes }] of Object.entries(services)) {
    const { sslProfiles } = parse(files.get(`routers/${id}.yaml`) ?? '') as {
      sslProfiles: [{ certFile: string; caCertFile: string }];
    };
    const mounted = volumes.map((volume) => volume.split(':')[1] as string);
    expect(mounted).toContain(sslProfiles[0].caCertFile);
    expect(mounted.some((path) => sslProfiles[0].certFile.startsWith(`${path}/`))).toBe(true);
  }
});

describe('kubernetes', () => {
  const mesh = starterMesh();
  const router = mesh.routers.get('aws-1') as MeshRouter;
  const environment = mesh.environments.get('aws') as Environment;
  const settings = { engine: 'weft', image: 'weft:1', file: 'aws-1.yaml', configurationHash: 'x' } as const;

  test('objects are of the types of Kubernetes', () => {
    // The compiler judges; at run time there are no types.
    const set: StatefulSet = statefulSetOf(mesh, router, settings);
    const service: Service = serviceOf(mesh, router, true);
    const budget: PodDisruptionBudget = disruptionBudgetOf(mesh, environment, '');
    const namespace: Namespace = namespaceOf(environment);
    expect([set.kind, service.kind, budget.kind, namespace.kind]).toEqual([
      'StatefulSet',
      'Service',
      'PodDisruptionBudget',
      'Namespace',
    ]);
  });

  test('probes ask the listener of the configuration; one link is enough to be ready', () => {
    const [container] = statefulSetOf(mesh, router, settings).spec.template.spec.containers;
    expect([
      container?.startupProbe.httpGet,
      container?.livenessProbe.httpGet,
      container?.readinessProbe.httpGet,
    ]).toEqual([
      { path: '/healthz', port: 8888 },
      { path: '/healthz', port: 8888 },
      { path: '/readyz?any', port: 8888 },
    ]);
    const dispatch = statefulSetOf(mesh, router, { ...settings, engine: 'qdrouterd' }).spec.template.spec.containers[0];
    expect(dispatch?.readinessProbe.httpGet.path).toBe('/healthz');
  });

  test('interior routers of an environment never share a node, and one at a time may be evicted', () => {
    const documents = parseAllDocuments(rendered(mesh, 'kubernetes').get('aws.yaml') ?? '').map(
      (one) => one.toJS() as Record<string, never>,
    );
    const kinds = documents.map(({ kind, metadata }) => `${kind} ${metadata['name']}`);
    expect(kinds).toEqual([
      'Namespace weft',
      ...['PodDisruptionBudget weft-aws-interior', 'PodDisruptionBudget weft-aws-edges-shop'],
      ...['aws-1', 'aws-2', 'shop-aws'].flatMap((id) => [`ConfigMap weft-${id}`, `Service ${id}`, `StatefulSet ${id}`]),
    ]);
    const { affinity } = statefulSetOf(mesh, router, settings).spec.template.spec;
    const labels = { 'app.kubernetes.io/part-of': 'two-clouds', 'weft/environment': 'aws', 'weft/mode': 'interior' };
    expect(affinity.podAntiAffinity).toMatchObject({
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } },
      ],
    });
    expect(disruptionBudgetOf(mesh, environment, '').spec).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: labels },
    });
    expect(statefulSetOf(mesh, router, settings).spec.template.metadata.labels).toMatchObject(labels);
  });

  test('the configuration in a ConfigMap is that of the router, byte for byte', () => {
    const local = rendered(mesh, 'systemd').get('azure/azure-1/etc/weft/azure-1.yaml');
    const documents = parseAllDocuments(rendered(mesh, 'kubernetes').get('azure.yaml') ?? '').map(
      (one) => one.toJS() as { kind: string; data: Record<string, string> },
    );
    const maps = documents.filter(({ kind }) => kind === 'ConfigMap');
    expect(maps.map(({ data }) => data['azure-1.yaml']).find(Boolean)).toBe(local);
  });

  test('an id that is too long for a StatefulSet is told', () => {
    const id = 'r'.repeat(53);
    const mesh = meshOfText(`mesh: m\nenvironments: { e: { routers: [{ id: ${id} }, { id: b }, { id: c }] } }\n`);
    expect(() => rendered(mesh, 'kubernetes')).toThrow(`the id ${id} has 53 characters, and a StatefulSet takes 52`);
  });

  test('who is dialled from another environment gets a load balancer, all others none', () => {
    const texts = [...rendered(mesh, 'kubernetes')].filter(([path]) => path.endsWith('.yaml'));
    const services = texts.flatMap(([, text]) =>
      parseAllDocuments(text).map(
        (one) => one.toJS() as { kind: string; metadata: { name: string }; spec: { type: string } },
      ),
    );
    const types = services
      .filter(({ kind }) => kind === 'Service')
      .map(({ metadata, spec }) => [metadata.name, spec.type]);
    expect(Object.fromEntries(types)).toEqual({
      ...{ 'aws-1': 'LoadBalancer', 'aws-2': 'LoadBalancer', 'shop-aws': 'ClusterIP' },
      ...{ 'azure-1': 'ClusterIP', 'azure-2': 'ClusterIP', 'warehouse-azure': 'ClusterIP' },
    });
  });
});
