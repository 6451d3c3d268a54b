// What differs in channels, applications and rights between the routers that run and what would be rendered for them. What differs on
// several routers is told once.
import { stripAddress } from '../../address/address-key.ts';
import type { Mesh, Right } from '../model/mesh.ts';
import { isWithin } from '../model/names.ts';
import { vhosts } from '../render/policy-sections.ts';
import { type Allowance, allowancesOf } from './allowances.ts';
import { list, type PlannedChange } from './plan.ts';
import { type ComparedRouter, type RunningLink, type RunningRouter, textOf } from './running-router.ts';

interface Located {
  readonly id: string;
  readonly was: ReadonlyMap<string, Allowance>;
  readonly is: ReadonlyMap<string, Allowance>;
}

const rights = ['publish', 'subscribe'] as const;

export class RunningRights {
  readonly #mesh: Mesh;
  readonly #compared: readonly ComparedRouter[];
  readonly #links: readonly RunningLink[];
  readonly #located: readonly Located[];
  readonly #runningChannels: ReadonlyMap<string, boolean>;

  /** @param all every router that runs, also those that the mesh no longer has */
  constructor(mesh: Mesh, compared: readonly ComparedRouter[], all: readonly RunningRouter[]) {
    this.#mesh = mesh;
    this.#compared = compared;
    this.#links = all.flatMap(({ links }) => links ?? []);
    this.#located = compared
      .filter(({ running }) => running.tables.vhost !== null)
      .map(({ router, running, rendered }) => ({
        id: router.id,
        was: allowancesOf(running.tables.vhost?.find(({ hostname }) => hostname === vhosts.applications)),
        is: allowancesOf(rendered.vhost.find(({ hostname }) => hostname === vhosts.applications)),
      }));
    this.#runningChannels = this.#channelsThatRun();
  }

  changes(): PlannedChange[] {
    return [...this.#channelChanges(), ...this.#userChanges(), ...this.#rightChanges()];
  }

  // --- channels ----------------------------------------------------------------------------------------------------

  /** By name, with whether all below it is meant: what groups and addresses name. */
  #channelsThatRun(): Map<string, boolean> {
    const channels = new Map<string, boolean>();
    for (const { was } of this.#located) {
      for (const { rights: own } of was.values())
        for (const right of rights) for (const [name, isPrefix] of own[right]) channels.set(name, isPrefix);
    }
    const byRead = new Map([...this.#mesh.channels.keys()].map((name) => [stripAddress(name), name]));
    for (const { running } of this.#compared) {
      for (const { prefix, pattern } of running.tables.address ?? []) {
        const read = textOf(prefix ?? pattern);
        const name = byRead.get(read) ?? read;
        if (!channels.has(name)) channels.set(name, textOf(prefix) !== '');
      }
    }
    return channels;
  }

  #channelChanges(): PlannedChange[] {
    const changes: PlannedChange[] = [];
    for (const name of this.#newChannels()) changes.push(harmless('create', 'channel', name, 'no router knows it yet'));
    for (const [name, isPrefix] of [...this.#runningChannels].sort(byName)) {
      if (this.#mesh.channels.has(name)) continue;
      const users = [...new Set(this.#linksAt(name, isPrefix).map(({ user }) => user || 'anonymous'))].sort();
      const effect =
        users.length > 0
          ? `${list(users)} ${users.length === 1 ? 'uses' : 'use'} it now, and can use it no longer`
          : 'nobody is attached to it now';
      changes.push({ kind: 'remove', what: 'channel', name, effect, isRemovalInUse: users.length > 0 });
    }
    return [...changes, ...this.#distributionChanges(), ...this.#prefixChanges()];
  }

  /** What is to be allowed to somebody, or distributed in its own way, and no router knows of. */
  #newChannels(): string[] {
    const names = new Set<string>();
    for (const { is } of this.#located) {
      for (const { rights: own } of is.values())
        for (const right of rights) for (const name of own[right].keys()) names.add(name);
    }
    return [...names].filter((name) => this.#mesh.channels.has(name) && !this.#runningChannels.has(name)).sort();
  }

  #distributionChanges(): PlannedChange[] {
    const found = new Map<string, string[]>();
    const differ = (name: string, was: string, id: string): void => {
      const is = this.#mesh.channels.get(name)?.distribution;
      if (is !== was && this.#runningChannels.has(name)) append(found, `${name} ${is} instead of ${was}`, id);
    };
    for (const { router, running } of this.#compared) {
      const rules = running.tables.address;
      if (rules === null) continue;
      const known = new Map(
        rules.map((rule) => [textOf(rule['prefix'] ?? rule['pattern']), textOf(rule['distribution'])]),
      );
      for (const name of router.mode === 'interior' ? this.#mesh.channels.keys() : this.#channelsAt(router.id))
        differ(name, known.get(stripAddress(name)) ?? 'balanced', router.id);
    }
    return [...found].map(([key, ids]) => {
      const [name = '', ...words] = key.split(' ');
      const effect = `${words.join(' ')}${this.#whereText(ids)}: while some routers know it and others do not, messages may go either way`;
      return harmless('change', 'channel', name, effect);
    });
  }

  /** What applications of an edge may use, now and then: it knows no others. */
  #channelsAt(id: string): string[] {
    const located = this.#located.find((one) => one.id === id);
    const namesOf = (allowances: ReadonlyMap<string, Allowance> | undefined): Set<string> =>
      new Set(
        [...(allowances?.values() ?? [])].flatMap((one) => rights.flatMap((right) => [...one.rights[right].keys()])),
      );
    const were = namesOf(located?.was);
    return [...namesOf(located?.is)].filter((name) => were.has(name));
  }

  #prefixChanges(): PlannedChange[] {
    return [...this.#mesh.channels.values()]
      .filter(({ name, isPrefix }) => (this.#runningChannels.get(name) ?? isPrefix) !== isPrefix)
      .map(({ name, isPrefix }) => {
        const effect = isPrefix ? 'all below it belongs to it' : 'what is below it no longer belongs to it';
        return harmless('change', 'channel', name, effect);
      });
  }

  // --- applications and operators ----------------------------------------------------------------------------------

  #userChanges(): PlannedChange[] {
    const [came, left] = [new Map<string, string[]>(), new Map<string, string[]>()];
    const [cameOperator, leftOperator] = [new Map<string, string[]>(), new Map<string, string[]>()];
    const flags = new Map<string, string[]>();
    for (const { id, was, is } of this.#located) {
      for (const user of new Set([...was.keys(), ...is.keys()])) {
        const [before, after] = [was.get(user), is.get(user)];
        if (before === undefined && !isOnlyOperator(after)) append(came, user, id);
        if (after === undefined && !isOnlyOperator(before)) append(left, user, id);
        if (after?.isOperator && !before?.isOperator) append(cameOperator, user, id);
        if (before?.isOperator && !after?.isOperator) append(leftOperator, user, id);
        // With other rights come other reply addresses: these are told by those.
        if (before && after && before.isOperator === after.isOperator && haveSameRights(before, after)) {
          const differences = flagDifferences(before, after);
          if (differences !== '') append(flags, `${user}\n${differences}`, id);
        }
      }
    }
    const isAt = (user: string, side: 'was' | 'is'): boolean => this.#located.some((one) => one[side].has(user));
    const changes: PlannedChange[] = [];
    for (const [user, ids] of [...came].sort(byName)) {
      if (isAt(user, 'was'))
        changes.push(harmless('change', 'application', user, `may connect to ${ids.join(', ')}, too`));
      else changes.push(harmless('create', 'application', user, 'may connect'));
    }
    for (const [user, ids] of [...left].sort(byName)) {
      const isStill = isAt(user, 'is');
      const effect = `may connect ${isStill ? `to ${ids.join(', ')} ` : ''}no longer; it is turned away when it connects anew`;
      changes.push(harmless(isStill ? 'change' : 'remove', 'application', user, effect));
    }
    for (const [key, ids] of [...flags].sort(byName)) {
      const [user = '', differences = ''] = key.split('\n');
      changes.push(harmless('change', 'application', user, `${differences}${this.#whereText(ids)}`));
    }
    for (const [user, ids] of [...cameOperator].sort(byName))
      changes.push(harmless('create', 'operator', user, `may ask routers how they are${this.#whereText(ids)}`));
    for (const [user, ids] of [...leftOperator].sort(byName))
      changes.push(harmless('remove', 'operator', user, `may ask routers no longer${this.#whereText(ids)}`));
    return changes;
  }

  // --- rights ------------------------------------------------------------------------------------------------------

  /** Of applications that were let in before and still are: who comes or goes is told as such, and so is a channel. */
  #rightChanges(): PlannedChange[] {
    const [come, go] = [new Map<string, string[]>(), new Map<string, string[]>()];
    for (const { id, was, is } of this.#located) {
      for (const [user, after] of is) {
        const before = was.get(user);
        if (before === undefined) continue;
        for (const right of rights) {
          const [had, has] = [before.rights[right], after.rights[right]];
          for (const name of has.keys())
            if (!had.has(name) && this.#runningChannels.has(name)) append(come, `${user} ${right} ${name}`, id);
          for (const name of had.keys())
            if (!has.has(name) && this.#mesh.channels.has(name)) append(go, `${user} ${right} ${name}`, id);
        }
      }
    }
    const created = [...come].map(([name, ids]) =>
      harmless('create', 'right', name, `holds for connections that are made anew${this.#whereText(ids)}`),
    );
    return [...created, ...[...go].map(([name, ids]) => this.#lostRight(name, ids))].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  }

  #lostRight(key: string, ids: readonly string[]): PlannedChange {
    const [user = '', right = '', ...words] = key.split(' ');
    const channel = words.join(' ');
    const isPrefix = this.#runningChannels.get(channel) === true;
    const count = this.#linksAt(channel, isPrefix).filter(
      (link) => link.user === user && link.isSender === ((right as Right) === 'publish'),
    ).length;
    const effect =
      count > 0
        ? `${user} uses it now (${count} ${count === 1 ? 'link' : 'links'}), and is refused when it attaches anew`
        : `${user} does not use it now`;
    const isRemovalInUse = count > 0;
    return { kind: 'remove', what: 'right', name: key, effect: `${effect}${this.#whereText(ids)}`, isRemovalInUse };
  }

  #linksAt(channel: string, isPrefix: boolean): RunningLink[] {
    const read = stripAddress(channel);
    return this.#links.filter(({ address }) => (isPrefix ? isWithin(address, read) : address === read));
  }

  /** '' when it is so on all of them. */
  #whereText(ids: readonly string[]): string {
    return ids.length === this.#compared.length ? '' : ` (on ${list(ids)})`;
  }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

function harmless(
  kind: PlannedChange['kind'],
  what: PlannedChange['what'],
  name: string,
  effect: string,
): PlannedChange {
  return { kind, what, name, effect, isRemovalInUse: false };
}

function isOnlyOperator(allowance: Allowance | undefined): boolean {
  return allowance?.isOperator === true && rights.every((right) => allowance.rights[right].size === 0);
}

function haveSameRights(before: Allowance, after: Allowance): boolean {
  return rights.every((right) => {
    const [had, has] = [before.rights[right], after.rights[right]];
    return had.size === has.size && [...had.keys()].every((name) => has.has(name));
  });
}

function flagDifferences(before: Allowance, after: Allowance): string {
  const on = [...after.flags].filter((flag) => !before.flags.has(flag)).map((flag) => `${flag} on`);
  const off = [...before.flags].filter((flag) => !after.flags.has(flag)).map((flag) => `${flag} off`);
  return [...on, ...off].join(', ');
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const all = map.get(key);
  if (all === undefined) map.set(key, [value]);
  else all.push(value);
}
