// Everything that happens in the suite passes here: what the clients tell, what the router logs, which process ends.
// A case waits for what it expects to see, with a deadline, and never for time to pass. When it waits in vain, the last
// happenings are the report.

/** How long something may take that ought to be there at once: generous, since machines of CI are slow and shared. */
export const patienceMs = 20_000;

const remembered = 60;

/** The case did not see what it waited for. */
export class NotSeenError extends Error {
  override readonly name = 'NotSeenError';
}

export class Watch {
  /** What happened last, one line each, for the report of a case that failed. */
  seen: string[] = [];
  /** A process died that should live: there is nothing left to wait for. */
  disaster: Error | null = null;
  /** Sees every line, for those who want to watch. */
  onNote: (line: string) => void = () => undefined;
  readonly #waiting = new Set<() => void>();

  /** Something happened. All who wait look again. */
  note(line: string): void {
    this.onNote(line);
    this.seen.push(line);
    if (this.seen.length > remembered) this.seen.shift();
    this.wake();
  }

  /** State changed that is not worth a line. */
  wake(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Every wait of this case fails from now on. */
  fail(error: Error): void {
    this.disaster ??= error;
    this.note(`!! ${error.message}`);
  }

  /** A new case begins. */
  clear(): void {
    this.seen = [];
    this.disaster = null;
  }

  /**
   * Waits until `look` gives something other than undefined, null or false, and returns it. Throws NotSeenError, which
   * names `what`, after `ms` milliseconds.
   */
  until<T>(what: string, look: () => T | undefined | null | false, ms = patienceMs): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = (act: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(attempt);
        act();
      };
      const attempt = (): void => {
        try {
          const result = look();
          if (result !== undefined && result !== null && result !== false) finish(() => resolve(result));
          else if (this.disaster !== null) finish(() => reject(this.disaster));
        } catch (error) {
          finish(() => reject(error));
        }
      };
      const timer = setTimeout(() => finish(() => reject(new NotSeenError(`waited ${ms} ms in vain: ${what}`))), ms);
      this.#waiting.add(attempt);
      attempt();
    });
  }
}
