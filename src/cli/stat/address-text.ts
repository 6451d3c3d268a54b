// Keys of addresses (`M0orders`, `RB`, `Cbroker`) as the tables show them.

const classes: Record<string, string> = {
  M: 'mobile',
  R: 'router',
  A: 'area',
  L: 'local',
  T: 'topo',
  C: 'link-in',
  E: 'link-in',
  D: 'link-out',
  F: 'link-out',
  H: 'edge',
};

const textOf = (key: unknown): string => (typeof key === 'string' ? key : '');

export function classOf(key: unknown): string {
  const text = textOf(key);
  return text === '' ? '' : (classes[text[0] as string] ?? `unknown: ${text[0]}`);
}

export function nameOf(key: unknown): string {
  const text = textOf(key);
  return text.slice(text.startsWith('M') ? 2 : 1);
}

export function phaseOf(key: unknown): string {
  const text = textOf(key);
  return text.startsWith('M') ? (text[1] ?? '') : '';
}
