// Inputs kept in the repository, as hex: what reaches the code (one file), and what once went wrong (a file each).
//
//   # a comment
//   00a10161      every line is a part of the input; an empty line ends it
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Find } from './find.ts';
import { folder } from './folder.ts';
import type { Target } from './target.ts';

const coverageFile = 'coverage.hex';
const lineMax = 120;

/** Inputs of a file's text. */
export function parseInputs(text: string): Uint8Array[] {
  return text
    .replace(/#.*$/gm, '#')
    .split(/\n\s*\n/)
    .map((input) => input.replace(/[#\s]/g, ''))
    .filter((hex) => hex !== '')
    .map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));
}

/** Everything that is kept for a target, by file. */
export function readCorpus(name: string): { readonly file: string; readonly inputs: Uint8Array[] }[] {
  const own = new URL(`corpus/${name}/`, folder);
  if (!existsSync(own)) return [];
  return readdirSync(own)
    .filter((file) => file.endsWith('.hex'))
    .sort()
    .map((file) => ({ file, inputs: parseInputs(readFileSync(new URL(file, own), 'utf8')) }));
}

/** Writes a find, small and with what it did. Returns the path of its file from the root of the repository. */
export function writeFind(target: Target, { input, signature, report }: Find): string {
  const name = `find-${createHash('sha256').update(input).digest('hex').slice(0, 10)}.hex`;
  const path = `fuzz/corpus/${target.name}/${name}`;
  const lines = [
    signature,
    ...report
      .split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 6),
  ];
  const about = lines.map((line) => `# ${withoutPlace(line)}\n`).join('');
  write(
    target.name,
    name,
    `${about}# npm run fuzz -- --target ${target.name} --replay ${path}\n${textOf(target, input)}`,
  );
  return path;
}

/** Replaces the inputs that are kept for the code that they reach. */
export function writeCoverageInputs(target: Target, inputs: readonly Uint8Array[]): void {
  const text = inputs.map((input) => wrapped(Buffer.from(input).toString('hex'))).join('\n');
  write(
    target.name,
    coverageFile,
    `# Inputs that together reach the code that fuzzing has reached. Written by --keep.\n\n${text}`,
  );
}

function write(name: string, file: string, text: string): void {
  const own = new URL(`corpus/${name}/`, folder);
  mkdirSync(own, { recursive: true });
  writeFileSync(fileURLToPath(new URL(file, own)), text);
}

/** One part a line, with what it means; parts of a byte are joined. */
function textOf(target: Target, input: Uint8Array): string {
  const parts = target.split(input);
  if (parts.every((part) => part.length <= 1)) return wrapped(Buffer.from(input).toString('hex'));
  return parts.map((part) => `# ${target.describe(part)}\n${wrapped(Buffer.from(part).toString('hex'))}`).join('');
}

function wrapped(hex: string): string {
  return (hex.match(new RegExp(`.{1,${lineMax}}`, 'g')) ?? []).map((line) => `${line}\n`).join('');
}

/** A stack line without the place of the repository. */
function withoutPlace(line: string): string {
  return line.replace(/\(?(?:file:\/\/)?\/\S*\/((?:src|fuzz)\/\S+?)\)?$/, '($1)');
}
