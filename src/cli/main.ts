// The process `weft`.
import { runCommandLine } from './command-line.ts';

// A reader that had enough (`weft receive … | head -1`) ends us quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? 0);
});
process.exitCode = await runCommandLine(process.argv.slice(2));
