// The process `weft`.
import { runCommandLine } from './command-line.ts';

// A reader that had enough (`weft receive … | head -1`) ends us quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (process.stdout.listenerCount('error') > 1) return; // a command that has something to end gently sees to it
  process.exit(process.exitCode ?? 0);
});
process.exitCode = await runCommandLine(process.argv.slice(2));
