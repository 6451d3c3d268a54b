// Three ways to show the same figures: drawn in place on a terminal, as lines, as JSON.
import pc from 'picocolors';
import type { RunEvent } from '../event-log.ts';
import { clockText } from './figure-text.ts';
import { jsonLine } from './json-line.ts';
import { layOut } from './layout.ts';
import { type Style, textOf } from './lines.ts';
import type { Snapshot } from './snapshot.ts';
import { introduction, progressLines, summaryLines } from './summary.ts';

export interface View {
  /** Called once a second. */
  show(snapshot: Snapshot): void;
  /** The last word; nothing is shown afterwards. */
  end(snapshot: Snapshot): void;
}

/** The part of a `tty.WriteStream` that is used. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const clearToEndOfLine = '\x1b[K';
const clearBelow = '\x1b[J';
const clearScreen = '\x1b[2J\x1b[H';

/**
 * Redraws in place: the cursor goes up to the first line of the last picture, and each line is written over, so nothing is ever
 * blank in between. What stood on the terminal before stays there.
 */
export class TerminalView implements View {
  readonly #terminal: Terminal;
  readonly #paint: (text: string, style: Style) => string;
  #height = 0;
  #columns = 0;

  constructor(terminal: Terminal, hasColors: boolean) {
    this.#terminal = terminal;
    this.#paint = painter(hasColors);
  }

  show(snapshot: Snapshot): void {
    const { columns = 80, rows = 24 } = this.#terminal;
    // A terminal of another size has moved the former picture: only a clean one is sure to be right.
    const isOther = this.#columns !== 0 && (this.#columns !== columns || this.#height >= rows);
    const up = isOther ? clearScreen : this.#height > 0 ? `\x1b[${this.#height}A` : '';
    this.#columns = columns;
    const lines = layOut(snapshot, columns, Math.max(1, rows - 1)).map(
      (line) => `${textOf(line, this.#paint)}${clearToEndOfLine}\n`,
    );
    this.#height = lines.length;
    this.#terminal.write(`${hideCursor}\r${up}${lines.join('')}${clearBelow}`);
  }

  end(snapshot: Snapshot): void {
    this.#terminal.write(`${showCursor}${summaryLines(snapshot).join('\n')}\n`);
  }
}

function painter(hasColors: boolean): (text: string, style: Style) => string {
  const colors = pc.createColors(hasColors);
  const paint = { bold: colors.bold, dim: colors.dim, good: colors.green, bad: colors.yellow };
  return (text, style) => (style === 'plain' ? text : paint[style](text));
}

/** Which of the events are new, each time it is asked. */
class EventReader {
  #read = 0;

  /** Those that nobody asked for in time are left out. */
  read({ events, eventsTold }: Snapshot): readonly RunEvent[] {
    const fresh = Math.min(events.length, eventsTold - this.#read);
    this.#read = eventsTold;
    return fresh === 0 ? [] : events.slice(-fresh);
  }
}

/** Lines, for files and pipes: at once, then every few seconds, and when something happens. */
export class LinesView implements View {
  readonly #write: (text: string) => void;
  readonly #everySeconds: number;
  readonly #events = new EventReader();
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(write: (text: string) => void, everySeconds = 5) {
    this.#write = write;
    this.#everySeconds = everySeconds;
  }

  show(snapshot: Snapshot): void {
    if (this.#shownAt === Number.NEGATIVE_INFINITY) {
      this.#shownAt = snapshot.uptimeSeconds;
      this.#print(introduction(snapshot));
    }
    this.#tellEvents(snapshot);
    if (snapshot.uptimeSeconds - this.#shownAt < this.#everySeconds) return;
    this.#shownAt += this.#everySeconds;
    this.#print(progressLines(snapshot));
  }

  end(snapshot: Snapshot): void {
    this.#tellEvents(snapshot);
    this.#print(summaryLines(snapshot));
  }

  #tellEvents(snapshot: Snapshot): void {
    this.#print(this.#events.read(snapshot).map(({ atSeconds, text }) => `${clockText(atSeconds)} ${text}`));
  }

  #print(lines: readonly string[]): void {
    if (lines.length > 0) this.#write(lines.map((line) => `${line}\n`).join(''));
  }
}

/** One object a second, and the last one is marked. */
export class JsonView implements View {
  readonly #write: (text: string) => void;
  readonly #events = new EventReader();

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  show(snapshot: Snapshot): void {
    this.#write(`${jsonLine(snapshot, this.#events.read(snapshot), false)}\n`);
  }

  end(snapshot: Snapshot): void {
    this.#write(`${jsonLine(snapshot, this.#events.read(snapshot), true)}\n`);
  }
}
