// The Kubernetes objects of one router, and the disruption budgets of an environment.
//
// A router has an id that nobody else may have at the same time, so each is a StatefulSet of one: Kubernetes starts no second before the
// first is gone. Interior routers of an environment never share a node, and at most one of them may be evicted at a time.
import type { Environment, Mesh, MeshRouter } from '../model/mesh.ts';
import type { Engine } from './rendering.ts';

/** Longer than a drain (drainSeconds, 5 s). */
const stopSeconds = 30;
/** The user of the image. */
const userId = 1000;
const readOnlyByGroup = 0o440;

export interface PodSettings {
  readonly engine: Engine;
  readonly image: string;
  /** Name of the configuration's file. */
  readonly file: string;
  /** Changes with the configuration. */
  readonly configurationHash: string;
}

export function namespaceOf({ namespace: name }: Environment) {
  return { apiVersion: 'v1' as const, kind: 'Namespace' as const, metadata: { name } };
}

export function labelsOf(mesh: Mesh, { id, mode, environment, team }: MeshRouter): Record<string, string> {
  return {
    'app.kubernetes.io/name': 'weft-router',
    'app.kubernetes.io/instance': id,
    'app.kubernetes.io/part-of': mesh.name,
    'weft/environment': environment,
    'weft/mode': mode,
    ...(team === '' ? {} : { 'weft/team': team }),
  };
}

/** Other routers dial it by this name. They must reach it before it is ready: it becomes so by their connections. */
export function serviceOf(mesh: Mesh, router: MeshRouter, isDialledFromOutside: boolean) {
  const { namespace, ports } = environmentOf(mesh, router);
  const named = Object.entries({ 'inter-router': ports.interRouter, edge: ports.edge, amqps: ports.applications });
  return {
    apiVersion: 'v1' as const,
    kind: 'Service' as const,
    metadata: { name: router.id, namespace, labels: labelsOf(mesh, router) },
    spec: {
      type: isDialledFromOutside ? 'LoadBalancer' : 'ClusterIP',
      publishNotReadyAddresses: true,
      selector: { 'app.kubernetes.io/instance': router.id, 'app.kubernetes.io/part-of': mesh.name },
      ports: named
        .filter(([name]) => router.mode === 'interior' || name === 'amqps')
        .map(([name, port]) => ({ name, port, targetPort: port })),
    },
  };
}

export function statefulSetOf(mesh: Mesh, router: MeshRouter, settings: PodSettings) {
  const labels = labelsOf(mesh, router);
  return {
    apiVersion: 'apps/v1' as const,
    kind: 'StatefulSet' as const,
    metadata: { name: router.id, namespace: environmentOf(mesh, router).namespace, labels },
    spec: {
      replicas: 1,
      serviceName: router.id,
      selector: { matchLabels: { 'app.kubernetes.io/instance': router.id, 'app.kubernetes.io/part-of': mesh.name } },
      template: {
        metadata: { labels, annotations: { 'weft/configuration': settings.configurationHash } },
        spec: podOf(mesh, router, settings),
      },
    },
  };
}

function podOf(mesh: Mesh, router: MeshRouter, { engine, image, file }: PodSettings) {
  const { ports } = environmentOf(mesh, router);
  const command = engine === 'weft' ? {} : { command: ['qdrouterd'] };
  const path = `/etc/weft/configuration/${file}`;
  const probe = (at: string) => ({ httpGet: { path: at, port: ports.health } });
  return {
    terminationGracePeriodSeconds: stopSeconds,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: userId,
      runAsGroup: userId,
      fsGroup: userId,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    affinity: affinityOf(mesh, router),
    containers: [
      {
        name: 'router',
        image,
        ...command,
        args: engine === 'weft' ? ['router', '-c', path] : ['-c', path],
        ports: [{ name: 'health', containerPort: ports.health }],
        startupProbe: { ...probe('/healthz'), periodSeconds: 1, failureThreshold: 60 },
        livenessProbe: { ...probe('/healthz'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
        // One link is enough: routers that are lost elsewhere must not make this one unready. qdrouterd has no such page.
        readinessProbe: {
          ...probe(engine === 'weft' ? '/readyz?any' : '/healthz'),
          periodSeconds: 5,
          timeoutSeconds: 3,
        },
        resources: { requests: { cpu: '100m', memory: '128Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          { name: 'configuration', mountPath: '/etc/weft/configuration', readOnly: true },
          { name: 'certificates', mountPath: '/etc/weft/pki', readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: 'configuration', configMap: { name: `weft-${router.id}` } },
      { name: 'certificates', secret: secretOf(router) },
    ],
  };
}

/** The files of `weft pki`, at the paths that the configuration names. */
function secretOf({ id }: MeshRouter) {
  const at = (key: string, path: string) => ({ key, path });
  return {
    secretName: `weft-${id}`,
    defaultMode: readOnlyByGroup,
    items: [at('ca.pem', 'ca.pem'), at('cert.pem', `routers/${id}/cert.pem`), at('key.pem', `routers/${id}/key.pem`)],
  };
}

/** Interior routers: never two of an environment on one node, and where zones are named in these. Edges of a team: apart if possible. */
function affinityOf(mesh: Mesh, router: MeshRouter) {
  const { mode, environment, team, zone } = router;
  const matchLabels = {
    'app.kubernetes.io/part-of': mesh.name,
    'weft/environment': environment,
    'weft/mode': mode,
    ...(mode === 'edge' ? { 'weft/team': team } : {}),
  };
  const term = (topologyKey: string) => ({ topologyKey, labelSelector: { matchLabels } });
  const preferred = (topologyKey: string, weight: number) => ({ weight, podAffinityTerm: term(topologyKey) });
  const byZone = preferred('topology.kubernetes.io/zone', 50);
  const podAntiAffinity =
    mode === 'interior'
      ? {
          requiredDuringSchedulingIgnoredDuringExecution: [term('kubernetes.io/hostname')],
          preferredDuringSchedulingIgnoredDuringExecution: [byZone],
        }
      : { preferredDuringSchedulingIgnoredDuringExecution: [preferred('kubernetes.io/hostname', 100), byZone] };
  if (zone === '') return { podAntiAffinity };
  const matchExpressions = [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: [zone] }];
  const required = { nodeSelectorTerms: [{ matchExpressions }] };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required }, podAntiAffinity };
}

/** One at a time: of the interior routers (`team` is ''), or of the edges of a team. */
export function disruptionBudgetOf(mesh: Mesh, { name, namespace }: Environment, team: string) {
  const mode = team === '' ? 'interior' : 'edge';
  return {
    apiVersion: 'policy/v1' as const,
    kind: 'PodDisruptionBudget' as const,
    metadata: { name: team === '' ? `weft-${name}-interior` : `weft-${name}-edges-${team}`, namespace },
    spec: {
      maxUnavailable: 1,
      selector: {
        matchLabels: {
          'app.kubernetes.io/part-of': mesh.name,
          'weft/environment': name,
          'weft/mode': mode,
          ...(team === '' ? {} : { 'weft/team': team }),
        },
      },
    },
  };
}

function environmentOf(mesh: Mesh, { environment }: MeshRouter): Environment {
  const found = mesh.environments.get(environment);
  if (found === undefined) throw new Error(`no environment ${environment}`); // names are resolved when the mesh is read
  return found;
}
