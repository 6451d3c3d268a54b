// Outcomes for the peer's deliveries, gathered: consecutive ones with the same outcome become one frame.
import { writeDisposition } from '../amqp/disposition.ts';
import type { Writer } from '../amqp/writer.ts';

export class DispositionRange {
  /** -1 when nothing is gathered. */
  #outcome = -1;
  #first = 0;
  #last = 0;

  get isEmpty(): boolean {
    return this.#outcome < 0;
  }

  /** False when the delivery does not continue the range, which must be written first. hot */
  add(id: number, outcome: number): boolean {
    if (this.#outcome < 0) {
      this.#outcome = outcome;
      this.#first = id;
    } else if (outcome !== this.#outcome || id !== ((this.#last + 1) | 0)) return false;
    this.#last = id;
    return true;
  }

  write(writer: Writer, channel: number): void {
    writeDisposition(writer, channel, true, this.#first, this.#last, true, this.#outcome);
    this.#outcome = -1;
  }

  drop(): void {
    this.#outcome = -1;
  }
}
