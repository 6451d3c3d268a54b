// The rules of policy once more, as dumb as can be: straight from their description, nothing compiled, nothing remembered. The real ones
// must say the same.
import type { PolicyEntity, VhostEntity } from '../../schema/configuration.ts';
import { USER_TOKEN } from '../../schema/vhost-rules.ts';

type Settings = Readonly<Record<string, unknown>>;

export interface TwinWorld {
  readonly policy: Pick<PolicyEntity, 'defaultVhost' | 'enableVhostNamePatterns'>;
  readonly vhosts: readonly VhostEntity[];
  /** What host names are. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
}

export interface TwinLink {
  readonly kind: 'sender' | 'receiver';
  readonly address: string;
  readonly isDynamic: boolean;
  readonly openLinks: number;
}

/** The attribute that refuses the connection; null: it is let in. */
export function connectionRule(world: TwinWorld, user: string, host: string, hostname: string): string | null {
  const vhost = vhostOf(world, hostname);
  if (vhost === undefined) return 'defaultVhost';
  const settings = settingsOf(vhost, user);
  if (settings === undefined) return 'users';
  const items = split(settings['remoteHosts']);
  return items.some((item) => holdsHost(item, host, world.hosts)) ? null : 'remoteHosts';
}

export function settingsOf(vhost: VhostEntity, user: string): Settings | undefined {
  const groups = Object.entries(vhost.groups as Record<string, Settings>).filter(([name]) => name !== '$connector');
  const find = (name: string) => groups.find(([, settings]) => split(settings['users']).includes(name))?.[1];
  const stranger = vhost.allowUnknownUser ? (vhost.groups['$default'] as unknown as Settings) : undefined;
  return find(user) ?? find('*') ?? stranger;
}

function vhostOf({ policy, vhosts }: TwinWorld, hostname: string): VhostEntity | undefined {
  const names = (vhost: VhostEntity) => [vhost.hostname, ...split(vhost.aliases)];
  const named = vhosts.find((vhost) =>
    names(vhost).some((name) => (policy.enableVhostNamePatterns ? isLike(name, hostname) : name === hostname)),
  );
  return (hostname === '' ? undefined : named) ?? vhosts.find((vhost) => vhost.hostname === policy.defaultVhost);
}

function holdsHost(item: string, host: string, hosts: ReadonlyMap<string, readonly string[]>): boolean {
  if (item === '*') return true;
  const own = numberOf(host);
  if (own === null) return false;
  const [low, high] = (item.includes('-') ? item.split('-') : [item, item]) as [string, string];
  const [from, to] = [numberOf(low), numberOf(high)];
  if (from === null || to === null) return (hosts.get(item) ?? []).includes(host);
  const isSameFamily = host.includes(':') === item.includes(':');
  return isSameFamily && from <= own && own <= to;
}

/** Only plain forms: four numbers, or groups of hex digits with one `::`. */
function numberOf(text: string): bigint | null {
  if (/^[\d.]+$/.test(text)) return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  if (!text.includes('::')) return null;
  const [front, back] = text.split('::').map((half) => half.split(':').filter(Boolean)) as [string[], string[]];
  const middle = Array(8 - front.length - back.length).fill('0');
  return [...front, ...middle, ...back].reduce((sum, part) => sum * 65536n + BigInt(`0x${part}`), 0n);
}

/** The attribute that refuses the link; null: it may be attached. */
export function linkRule(settings: Settings, user: string, link: TwinLink): string | null {
  const { kind, address, isDynamic, openLinks } = link;
  const limit = kind === 'sender' ? 'maxSenders' : 'maxReceivers';
  const max = Number(settings[limit] ?? 0);
  if (max > 0 && openLinks >= max) return limit;
  if (kind === 'receiver' && isDynamic) return settings['allowDynamicSource'] === true ? null : 'allowDynamicSource';
  if (kind === 'sender' && address === '')
    return settings['allowAnonymousSender'] === true ? null : 'allowAnonymousSender';
  return nameRule(settings, kind === 'sender' ? 'target' : 'source', user, address);
}

/** The attribute that refuses the name. */
export function nameRule(settings: Settings, which: 'source' | 'target', user: string, address: string): string | null {
  const patterns = split(settings[`${which}Pattern`]);
  const name = nodeOf(address);
  if (patterns.length > 0) {
    const allows = name !== '' && patterns.some((pattern) => isLike(pattern.replace(USER_TOKEN, user), name));
    return allows ? null : `${which}Pattern`;
  }
  const allows = split(settings[`${which}s`]).some((item) => {
    if (name === '') return false;
    if (item === '*') return true;
    const text = item.replace(USER_TOKEN, user);
    return item.endsWith('*') ? name.startsWith(text.slice(0, -1)) : name === text;
  });
  return allows ? null : `${which}s`;
}

/** What of an address names the node. */
function nodeOf(address: string): string {
  return address.replace(/^\w+:\/\/[^/]*\/|^\w+:\/|^\//, '').replace(/[./]$/, '');
}

/** Words between dots or slashes: `*` is one of them, `#` any number. */
function isLike(pattern: string, name: string): boolean {
  return isLikeWords(pattern.split(/[./]/), name.split(/[./]/));
}

function isLikeWords([first, ...rest]: string[], words: string[]): boolean {
  if (first === undefined) return words.length === 0;
  if (first === '#')
    return isLikeWords(rest, words) || (words.length > 0 && isLikeWords([first, ...rest], words.slice(1)));
  return words.length > 0 && (first === '*' || first === words[0]) && isLikeWords(rest, words.slice(1));
}

function split(value: unknown): string[] {
  return String(value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
