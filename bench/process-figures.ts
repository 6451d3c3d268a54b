// What the kernel says about a process: CPU time and resident memory (proc(5)).
import { existsSync, readFileSync } from 'node:fs';

/** /proc counts CPU time in hundredths of a second on every Linux (USER_HZ), whatever the kernel's own tick is. */
const ticksPerSecond = 100;

/** CPU-seconds, user and system, of all threads of a process since it started. Throws when there is no such process. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in parentheses and may hold anything, so counting starts behind it: at field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[14 - 3]) + Number(fields[15 - 3])) / ticksPerSecond;
}

/** Resident memory of a process in bytes. Throws when there is no such process. */
export function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (!line) throw new Error(`process ${pid} has ended: it has no resident memory`);
  return Number(line[1]) * 1024;
}

/** How many files (sockets too) a process of ours may open. */
export function openFilesMax(): number {
  const line = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  return line === null || line[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(line[1]);
}

/** Whether there is such a process. */
export const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);
