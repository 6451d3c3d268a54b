// Faults of others, for the log: each text once. A broken router repeats its faults every second.
import { reportedFaultsMax } from './limits.ts';
import type { LinkStatePort } from './port.ts';

export class Warnings {
  readonly #port: LinkStatePort;
  readonly #said = new Set<string>();

  constructor(port: LinkStatePort) {
    this.#port = port;
  }

  warn(text: string): void {
    if (this.#said.has(text)) return;
    if (this.#said.size >= reportedFaultsMax) this.#said.clear();
    this.#said.add(text);
    this.#port.warn(text);
  }
}
