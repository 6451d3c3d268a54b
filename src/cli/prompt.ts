// Asks for a password: without echo on a terminal, else the first line of standard input. Never from the arguments, which
// everybody on the machine can read.
import { UsageError } from './usage-error.ts';

/** On a terminal it asks twice when `confirm`, and again until both are equal. */
export async function askPassword(question: string, { confirm }: { confirm: boolean }): Promise<string> {
  if (!process.stdin.isTTY) return readFirstLine();
  for (;;) {
    const password = await askHidden(question);
    if (!confirm || (await askHidden(`${question} again`)) === password) return password;
    process.stderr.write('These were two different passwords.\n');
  }
}

async function readFirstLine(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk as string;
    if (text.includes('\n')) break;
  }
  const [line = ''] = text.split(/\r?\n/);
  if (line === '') throw new UsageError('no password: the first line of standard input is empty');
  return line;
}

const Key = { Interrupt: '\u0003', End: '\u0004', EraseLine: '\u0015', Backspace: '\b', Delete: '\u007f' } as const;

function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (end: () => void): void => {
      stdin.off('data', onData);
      stdin.setRawMode(false).pause();
      stderr.write('\n');
      end();
    };
    const onData = (chunk: string): void => {
      for (const key of chunk) {
        if (key === '\r' || key === '\n') return finish(() => resolve(text));
        if (key === Key.Interrupt || key === Key.End) return finish(() => reject(new UsageError('no password given')));
        if (key === Key.Backspace || key === Key.Delete) text = [...text].slice(0, -1).join('');
        else if (key === Key.EraseLine) text = '';
        else if (key >= ' ') text += key;
      }
    };
    stderr.write(`${question}: `);
    stdin.setRawMode(true).setEncoding('utf8').on('data', onData).resume();
  });
}
