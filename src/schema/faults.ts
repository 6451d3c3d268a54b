// What is wrong with a configuration file. All of it is told at once, in the order of the file, each with its place.
import { MAX_FAULTS } from './limits.ts';

/** Line and column count from 1; a column is a UTF-16 unit. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** An `error` stops the start; a `warning` tells of something that has no effect. */
export interface Fault extends Place {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** What is wrong, what is allowed, what to do. Never holds a value of a secret attribute. */
  readonly message: string;
  /** The same for who asks by management, where the words of Dispatch's agent are known, or a line would mean nothing. */
  readonly inManagement?: string;
}

/** `weft.conf:7:5: error: …`, the form that editors jump to. */
export function formatFault(fault: Fault): string {
  return `${fault.file}:${fault.line}:${fault.column}: ${fault.severity}: ${fault.message}`;
}

/** Collects the faults of one file. Of several errors at one place the first is kept: the others follow from it. */
export class Faults {
  #file: string;
  #faults = new Map<string, Fault>();

  constructor(file: string) {
    this.#file = file;
  }

  /** @param inManagement see {@link Fault} */
  error(place: Place, message: string, inManagement?: string): void {
    this.#add('error', place, message, inManagement);
  }

  warning(place: Place, message: string): void {
    this.#add('warning', place, message);
  }

  get hasErrors(): boolean {
    return [...this.#faults.values()].some((fault) => fault.severity === 'error');
  }

  /** In the order of the file; behind {@link MAX_FAULTS} of them one that counts the rest. */
  inOrder(): Fault[] {
    const all = [...this.#faults.values()].sort((a, b) => a.line - b.line || a.column - b.column);
    // Errors first in line for being told: a thousand warnings must not hide why the router does not start.
    const told = new Set([...all].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_FAULTS));
    const shown = all.filter((fault) => told.has(fault));
    if (shown.length < all.length) {
      const last = all[all.length - 1];
      const severity = this.hasErrors ? 'error' : 'warning';
      shown.push({ ...last, severity, message: `and ${all.length - shown.length} more faults` });
    }
    return shown;
  }

  #add(severity: Fault['severity'], { line, column }: Place, message: string, inManagement?: string): void {
    const key = `${severity} ${line}:${column}`;
    if (this.#faults.has(key)) return;
    const told = inManagement === undefined ? {} : { inManagement };
    this.#faults.set(key, { severity, file: this.#file, line, column, message, ...told });
  }
}

function rank(fault: Fault): number {
  return fault.severity === 'error' ? 0 : 1;
}
