// What the process takes of its machine, under the names that Prometheus' own client libraries use.
import { readdir, readFile } from 'node:fs/promises';
import { wallTimeMs } from '../clock.ts';
import { counter, gauge, type Metric } from './metric.ts';

const startedAtSeconds = wallTimeMs() / 1000 - process.uptime();

export async function processMetrics(): Promise<Metric[]> {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const metrics = [
    counter('process_cpu_seconds_total', 'User and system time of the processor', (user + system) / 1e6),
    gauge('process_resident_memory_bytes', 'Resident memory', rss),
    gauge('process_start_time_seconds', 'When the process was started, in seconds since the epoch', startedAtSeconds),
    gauge('weft_heap_used_bytes', 'JavaScript objects', heapUsed),
    gauge('weft_external_memory_bytes', 'Buffers outside of the JavaScript heap', external),
  ];
  const files = await openFiles();
  if (files === null) return metrics;
  metrics.push(gauge('process_open_fds', 'Open file descriptors', files.open));
  if (files.max !== null) metrics.push(gauge('process_max_fds', 'Most file descriptors that may be open', files.max));
  return metrics;
}

/** Null where the system does not tell (it is Linux that has /proc). */
async function openFiles(): Promise<{ open: number; max: number | null } | null> {
  try {
    const [names, limits] = await Promise.all([readdir('/proc/self/fd'), readFile('/proc/self/limits', 'utf8')]);
    const soft = /^Max open files +(\d+)/m.exec(limits)?.[1];
    return { open: names.length, max: soft === undefined ? null : Number(soft) };
  } catch {
    return null;
  }
}
