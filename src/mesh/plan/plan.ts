// What lies between two states of a mesh: what is created, changed, removed, and what each of it does to traffic.
import type { Application, Channel, Mesh, MeshRouter, Right } from '../model/mesh.ts';
import { Rights } from '../model/rights.ts';
import { Journeys } from '../topology/journeys.ts';
import { type RouterLink, routerLinksOf } from '../topology/router-links.ts';
import { changedWays } from './changed-ways.ts';

export interface PlannedChange {
  readonly kind: 'create' | 'change' | 'remove';
  readonly what: 'router' | 'link' | 'channel' | 'right' | 'application' | 'operator';
  /** `aws-3`, `azure-1:aws-1`, `shop.orders`, `shop/web subscribe shop.orders`. */
  readonly name: string;
  /** What it does to traffic: a sentence. */
  readonly effect: string;
  /** Whether a channel or right that an application uses goes: done only with --allow-removal. */
  readonly isRemovalInUse: boolean;
}

export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** Pairs of applications that take another way, and that lose each other. */
  readonly ways: { readonly pairs: number; readonly changed: number; readonly cut: readonly string[] };
}

export function planChanges(before: Mesh, after: Mesh): Plan {
  const changes = [
    ...routerChanges(before, after),
    ...linkDifferences(routerLinksOf(before), routerLinksOf(after)),
    ...channelChanges(before, after),
    ...applicationChanges(before, after),
    ...rightChanges(before, after),
    ...operatorChanges(before, after),
  ];
  const travelled = (mesh: Mesh) => ({ mesh, journeys: new Journeys(mesh) });
  return { changes, ways: changedWays(travelled(before), travelled(after)) };
}

/** Whether the plan takes away what is in use. */
export function removesWhatIsUsed({ changes }: Plan): boolean {
  return changes.some(({ isRemovalInUse }) => isRemovalInUse);
}

type Change = Omit<PlannedChange, 'isRemovalInUse'>;
const harmless = (change: Change): PlannedChange => ({ ...change, isRemovalInUse: false });

/** What is only in one of two, and what is in both. */
function compared<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>) {
  const created = [...after.keys()].filter((name) => !before.has(name)).sort();
  const removed = [...before.keys()].filter((name) => !after.has(name)).sort();
  const kept = [...after.keys()].filter((name) => before.has(name)).sort();
  return { created, removed, kept };
}

function routerChanges(before: Mesh, after: Mesh): PlannedChange[] {
  const { created, removed, kept } = compared(before.routers, after.routers);
  const changes = [
    ...created.map((name) => routerCreated(name, after.routers.get(name)?.mode)),
    ...removed.map((name) => routerRemoved(name, before.routers.get(name)?.mode)),
  ];
  for (const name of kept) {
    const effect = routerEffect(before, after, name);
    if (effect === '') continue;
    changes.push(harmless({ kind: 'change', what: 'router', name, effect }));
  }
  return changes;
}

export function routerCreated(name: string, mode: string | undefined): PlannedChange {
  const effect =
    mode === 'edge'
      ? 'applications of its team connect to it when they connect anew'
      : 'joins without a break; ways may change';
  return harmless({ kind: 'create', what: 'router', name, effect });
}

export function routerRemoved(name: string, mode: string | undefined): PlannedChange {
  const effect =
    mode === 'edge'
      ? 'its applications go on to their next endpoint'
      : 'stop it gently (SIGTERM): it drains while others go around it; killed, what it carries ends modified';
  return harmless({ kind: 'remove', what: 'router', name, effect });
}

/** '' when nothing of it changes. */
function routerEffect(before: Mesh, after: Mesh, id: string): string {
  const [was, is] = [before.routers.get(id) as MeshRouter, after.routers.get(id) as MeshRouter];
  const portsOf = (mesh: Mesh, { environment }: MeshRouter): string =>
    JSON.stringify(mesh.environments.get(environment)?.ports);
  const moved = [
    [was.mode !== is.mode, `${is.mode} instead of ${was.mode}`],
    [was.environment !== is.environment, `in ${is.environment} instead of ${was.environment}`],
    [was.zone !== is.zone, is.zone === '' ? `in any zone instead of ${was.zone}` : `in zone ${is.zone}`],
    [was.team !== is.team, `of team ${is.team} instead of ${was.team}`],
  ] as const;
  const dialled = [
    [was.host !== is.host, `at ${is.host} instead of ${was.host}`],
    [portsOf(before, was) !== portsOf(after, is), 'other ports'],
    [was.uplinks.join() !== is.uplinks.join(), `uplinks ${is.uplinks.join(', ') || 'none'}`],
  ] as const;
  const told = [...moved, ...dialled].filter(([differs]) => differs).map(([, text]) => text);
  if (told.length === 0) return '';
  const effect = moved.some(([differs]) => differs)
    ? 'it starts anew; drained first, others go around it'
    : 'applied while it runs; the connections that are meant are made anew';
  return `${told.join(', ')}: ${effect}`;
}

export function linkDifferences(before: readonly RouterLink[], after: readonly RouterLink[]): PlannedChange[] {
  const byName = (links: readonly RouterLink[]) => new Map(links.map((link) => [link.name, link]));
  const [were, are] = [byName(before), byName(after)];
  const { created, removed, kept } = compared(were, are);
  const changes = [
    ...created.map(
      (name): Change => ({ kind: 'create', what: 'link', name, effect: 'ways may become shorter, without a break' }),
    ),
    ...removed.map(
      (name): Change => ({
        kind: 'remove',
        what: 'link',
        name,
        effect: 'messages take other ways; what is on it when it is cut ends modified',
      }),
    ),
  ];
  for (const name of kept) {
    const [was, is] = [were.get(name)?.cost, are.get(name)?.cost];
    if (was !== is)
      changes.push({
        kind: 'change',
        what: 'link',
        name,
        effect: `cost ${is} instead of ${was}: the connection is made anew`,
      });
  }
  return changes.map(harmless);
}

function channelChanges(before: Mesh, after: Mesh): PlannedChange[] {
  const { created, removed, kept } = compared(before.channels, after.channels);
  const users = usersOf(before);
  const changes = created.map((name) =>
    harmless({ kind: 'create', what: 'channel', name, effect: 'nobody has used it before' }),
  );
  for (const name of removed) {
    const using = users.get(name) ?? [];
    const effect = using.length > 0 ? `${list(using)} can use it no longer` : 'no application has used it';
    changes.push({ kind: 'remove', what: 'channel', name, effect, isRemovalInUse: using.length > 0 });
  }
  for (const name of kept) {
    const effect = channelEffect(before.channels.get(name) as Channel, after.channels.get(name) as Channel);
    if (effect !== '') changes.push(harmless({ kind: 'change', what: 'channel', name, effect }));
  }
  return changes;
}

/** '' when nothing is to be done. */
function channelEffect(was: Channel, is: Channel): string {
  const differences: string[] = [];
  if (was.distribution !== is.distribution) {
    differences.push(
      `${is.distribution} instead of ${was.distribution}: while some routers know it and others do not, messages may go either way`,
    );
  }
  if (was.isPrefix !== is.isPrefix)
    differences.push(is.isPrefix ? 'all below it belongs to it' : 'what is below it no longer belongs to it');
  if (was.owner !== is.owner) differences.push(`owned by ${is.owner || 'nobody'} instead of ${was.owner || 'nobody'}`);
  if (was.hasReplies !== is.hasReplies)
    differences.push(is.hasReplies ? 'consumers may answer' : 'consumers may answer no longer');
  return differences.join('; ');
}

function applicationChanges(before: Mesh, after: Mesh): PlannedChange[] {
  const { created, removed, kept } = compared(before.applications, after.applications);
  const changes = [
    ...created.map((name): Change => ({ kind: 'create', what: 'application', name, effect: 'may connect' })),
    ...removed.map(
      (name): Change => ({
        kind: 'remove',
        what: 'application',
        name,
        effect: 'may connect no longer; it is turned away when it connects anew',
      }),
    ),
  ];
  for (const name of kept) {
    const [was, is] = [before.applications.get(name)?.environment, after.applications.get(name)?.environment];
    if (was !== is)
      changes.push({
        kind: 'change',
        what: 'application',
        name,
        effect: `in ${is} instead of ${was}: it has other endpoints`,
      });
  }
  return changes.map(harmless);
}

/** Rights of applications that were there before and still are: who comes or goes is told as such. */
function rightChanges(before: Mesh, after: Mesh): PlannedChange[] {
  const [had, have] = [new Rights(before), new Rights(after)];
  const changes: PlannedChange[] = [];
  for (const application of [...after.applications.values()].sort(byName)) {
    const earlier = before.applications.get(application.name);
    if (earlier === undefined) continue;
    for (const right of ['publish', 'subscribe'] as const) {
      const were = new Set(had.channels(earlier, right).map(({ name }) => name));
      const are = new Set(have.channels(application, right).map(({ name }) => name));
      const nameOf = (channel: string): string => `${application.name} ${right} ${channel}`;
      for (const channel of are) {
        // A channel that is new brings the rights of its owner with it.
        if (!were.has(channel) && before.channels.has(channel))
          changes.push(
            harmless({
              kind: 'create',
              what: 'right',
              name: nameOf(channel),
              effect: 'holds for connections that are made anew',
            }),
          );
      }
      for (const channel of were)
        if (!are.has(channel) && after.channels.has(channel))
          changes.push(lostRight(earlier, right, channel, nameOf(channel)));
    }
  }
  return changes;
}

function lostRight(
  { name: application, uses }: Application,
  right: Right,
  channel: string,
  name: string,
): PlannedChange {
  const isUsed = uses.some((use) => use.right === right && use.channel.name === channel);
  const effect = isUsed
    ? `${application} uses it, and is refused when it attaches anew`
    : `${application} has not used it`;
  return { kind: 'remove', what: 'right', name, effect, isRemovalInUse: isUsed };
}

function operatorChanges(before: Mesh, after: Mesh): PlannedChange[] {
  const setOf = (mesh: Mesh): Map<string, string> => new Map(mesh.operators.map((name) => [name, name]));
  const { created, removed } = compared(setOf(before), setOf(after));
  return [
    ...created.map(
      (name): Change => ({ kind: 'create', what: 'operator', name, effect: 'may ask routers how they are' }),
    ),
    ...removed.map((name): Change => ({ kind: 'remove', what: 'operator', name, effect: 'may ask routers no longer' })),
  ].map(harmless);
}

/** By channel, the applications that use it. */
function usersOf(mesh: Mesh): Map<string, string[]> {
  const users = new Map<string, string[]>();
  for (const { name, uses } of mesh.applications.values()) {
    for (const channel of new Set(uses.map((use) => use.channel.name))) {
      const list = users.get(channel);
      if (list === undefined) users.set(channel, [name]);
      else list.push(name);
    }
  }
  return users;
}

export function list(names: readonly string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  return shown.length === 1 ? (shown[0] as string) : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

const byName = (a: Application, b: Application): number => (a.name < b.name ? -1 : 1);
