// The policy of one router: who may connect to it, and which addresses each of them may send to and receive from. All else is denied.
//
//   vhost applications   listener of applications   a group for each application that connects here, and for operators
//   vhost edge-routers   listener of edges          the edges that dial this router: what they pass on was judged at their own door
//   vhost probes         listener of probes         nobody may do anything but ask /healthz, /readyz and /metrics
import type { Application, Channel, Mesh } from '../model/mesh.ts';
import type { Rights } from '../model/rights.ts';
import { type Groups, type Section, section, type Value } from './sections.ts';

export const vhosts = { applications: 'applications', edges: 'edge-routers', probes: 'probes' } as const;

/**
 * Reply addresses of clients that ask for them by a dynamic target, and then attach to them as to any address: the temporary queues of
 * JMS. Nobody can guess one, so who knows it was told.
 */
const temporaryQueuePatterns = ['_$temp/*', 'amqp:/_$temp/*'];
/** Reply addresses, as consumers are told them: of interior routers, of edges, and temporary queues. */
export const replyPatterns = [
  '_topo/0/*/temp/*',
  '_edge/*/temp/*',
  'amqp:/_topo/0/*/temp/*',
  'amqp:/_edge/*/temp/*',
  ...temporaryQueuePatterns,
];
export const managementSource = '$management';
export const managementTargets = [
  '$management',
  '_topo/0/*/$management',
  '_edge/*/$management',
  'amqp:/_topo/0/*/$management',
  'amqp:/_edge/*/$management',
];

/** What one user may do. */
interface Allowance {
  readonly sources: string[];
  readonly targets: string[];
  allowDynamicSource: boolean;
  allowAnonymousSender: boolean;
}

/**
 * @param applications those that may connect to the router
 * @param edges ids of the edges that dial it
 */
export function policySections(
  mesh: Mesh,
  applications: readonly Application[] | null,
  edges: readonly string[],
  rights: Rights,
): Section[] {
  const sections = [section('policy', { enableVhostPolicy: true })];
  if (applications !== null) {
    const groups = applicationGroups(mesh, applications, rights);
    sections.push(section('vhost', { hostname: vhosts.applications, allowUnknownUser: false, groups }));
  }
  if (edges.length > 0) {
    sections.push(section('vhost', { hostname: vhosts.edges, allowUnknownUser: false, groups: edgeGroups(edges) }));
  }
  sections.push(section('vhost', { hostname: vhosts.probes, allowUnknownUser: true, groups: probeGroups() }));
  return sections;
}

function applicationGroups(mesh: Mesh, applications: readonly Application[], rights: Rights): Groups {
  const allowances = new Map<string, Allowance>();
  for (const application of applications) allowances.set(application.name, allowanceOf(application, rights));
  for (const operator of mesh.operators) {
    const allowance = allowances.get(operator) ?? {
      sources: [],
      targets: [],
      allowDynamicSource: true,
      allowAnonymousSender: true,
    };
    allowance.sources.push(managementSource);
    allowance.targets.push(...managementTargets);
    allowance.allowDynamicSource = true;
    allowance.allowAnonymousSender = true;
    allowances.set(operator, allowance);
  }
  const names = [...allowances.keys()].sort();
  return Object.fromEntries(names.map((name) => [groupName(name), groupOf(name, allowances.get(name) as Allowance)]));
}

function allowanceOf(application: Application, rights: Rights): Allowance {
  const publishes = rights.channels(application, 'publish');
  const subscribes = rights.channels(application, 'subscribe');
  const asks = publishes.some(({ hasReplies }) => hasReplies);
  const answers = subscribes.some(({ hasReplies }) => hasReplies);
  return {
    sources: [...subscribes.map(patternOf), ...(asks ? temporaryQueuePatterns : [])],
    targets: [...publishes.map(patternOf), ...(answers ? replyPatterns : [])],
    allowDynamicSource: asks,
    // A dynamic target counts as none; each message of an anonymous sender is judged by where it goes.
    allowAnonymousSender: asks || answers,
  };
}

/** All that is not said is the default of policies: denied. */
function groupOf(user: string, { sources, targets, allowDynamicSource, allowAnonymousSender }: Allowance) {
  const group: Record<string, Value> = { users: user, remoteHosts: '*' };
  if (sources.length > 0) group['sourcePattern'] = sources.join(', ');
  if (targets.length > 0) group['targetPattern'] = targets.join(', ');
  if (allowDynamicSource) group['allowDynamicSource'] = true;
  if (allowAnonymousSender) group['allowAnonymousSender'] = true;
  // Link routes and closing connections of others are matters of the platform.
  group['allowDynamicLinkRoutes'] = false;
  group['allowAdminStatusUpdate'] = false;
  return group;
}

/** An edge passes on what its applications were allowed to send, with their user ids. */
function edgeGroups(edges: readonly string[]): Groups {
  return {
    edges: {
      users: [...edges].sort().join(', '),
      remoteHosts: '*',
      sources: '*',
      targets: '*',
      allowDynamicSource: true,
      allowAnonymousSender: true,
      allowUserIdProxy: true,
    },
  };
}

function probeGroups(): Groups {
  // Figures are for whoever may receive from $management; over HTTP that is all it gives.
  return {
    $default: {
      remoteHosts: '*',
      sources: managementSource,
      allowDynamicLinkRoutes: false,
      allowAdminStatusUpdate: false,
    },
  };
}

/** Names of groups go through a grammar that knows no slash. */
const groupName = (user: string): string => user.replace('/', '_');

const patternOf = ({ name, isPrefix }: Channel): string => (isPrefix ? `${name}/#` : name);
