// bench/results.md has one part for each bench, so that one can be measured again without the others. A comment that no reader sees
// begins each part but the first.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { root } from './root.ts';

/** The parts in their order on the page; `router` is the first, which no comment begins. */
const parts = ['router', 'mesh', 'policy', 'management', 'failover', 'large-128', 'large-1000'] as const;
export type Part = (typeof parts)[number];

const mark = /^<!-- part: (\S+) -->\n/m;

/** The page with another text in the place of one part. Parts that are not ours stay where they are, at the end. Pure. */
export function withPart(page: string, part: Part, text: string): string {
  const [first = '', ...rest] = page.split(mark);
  const texts = new Map<string, string>(first.trim() === '' ? [] : [['router', first]]);
  for (let at = 0; at + 1 < rest.length; at += 2) texts.set(rest[at] as string, rest[at + 1] as string);
  texts.set(part, text);
  const names = [...parts.filter((name) => texts.has(name)), ...[...texts.keys()].filter((name) => !isPart(name))];
  return names
    .map((name) => `${name === 'router' ? '' : `<!-- part: ${name} -->\n`}${(texts.get(name) as string).trimEnd()}\n`)
    .join('\n');
}

const isPart = (name: string): name is Part => (parts as readonly string[]).includes(name);

/** Writes one part of the page in `file`, relative to the repository. */
export function writeSection(file: string, part: Part, text: string): void {
  const path = resolve(root, file);
  writeFileSync(path, withPart(existsSync(path) ? readFileSync(path, 'utf8') : '', part, text));
  process.stderr.write(`written to ${file}, part “${part}”\n`);
}
