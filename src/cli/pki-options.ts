// What the commands of `weft pki` have in common.
import { type Command, Option } from 'commander';
import type { Issued } from '../pki/issue.ts';

export interface DirOption {
  readonly dir: string;
}

export function withDir(command: Command): Command {
  return command.addOption(new Option('-d, --dir <dir>', 'the folder of certificates').default('pki'));
}

/** ` --dir DIR` for commands that are shown, '' when it is the default. */
export function dirWords(dir: string): string {
  return dir === 'pki' ? '' : ` --dir ${/^[\w./@+-]+$/.test(dir) ? dir : `'${dir.replaceAll("'", `'\\''`)}'`}`;
}

export const dayOf = (date: Date | string): string => new Date(date).toISOString().slice(0, 10);

/** One line for each certificate: `issued router aws-1, good until 2026-12-22: pki/routers/aws-1/cert.pem`. */
export function issuedLines(issued: readonly Issued[]): string[] {
  return issued.map(({ outcome, reason, kind, name, notAfter, certFile }) => {
    const why = reason === '' ? '' : ` (${reason})`;
    if (notAfter === null) return `${outcome} ${kind} ${name} as it is${why}\n`;
    return `${outcome} ${kind} ${name}${why}, good until ${dayOf(notAfter)}: ${certFile}\n`;
  });
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
