// What `weft sim` has done for one seed: judged, or for a large network measured. Plain data: it crosses threads.
import { type ConvergenceVerdict, measureConvergence } from '../simulator/convergence-run.ts';
import { runSeed, type Verdict } from '../simulator/run.ts';
import { largeTopologies, type TopologyName } from '../simulator/topology/shapes.ts';

export interface SimulationTask {
  readonly seed: number;
  /** null: the seed chooses among the small ones. */
  readonly topology: TopologyName | null;
}

export interface Measurement extends ConvergenceVerdict {
  /** Computing time of the whole. */
  readonly seconds: number;
  /** Memory of the whole process when it was over. */
  readonly megabytes: number;
}

export type SimulationResult = Verdict | Measurement;

export function isMeasured(topology: TopologyName | null): boolean {
  return topology !== null && largeTopologies.includes(topology);
}

export function isMeasurement(result: SimulationResult): result is Measurement {
  return isMeasured(result.topology);
}

/** `write` gets a line for everything that happens in a judged run; what is measured tells of its parts on standard error. */
export function simulate({ seed, topology }: SimulationTask, write?: (line: string) => void): SimulationResult {
  if (topology === null || !isMeasured(topology))
    return runSeed(seed, { ...(topology === null ? {} : { topology }), ...(write === undefined ? {} : { write }) });
  const began = performance.now();
  const verdict = measureConvergence(seed, topology, (what) => process.stderr.write(`${topology}: ${what}\n`));
  const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20);
  return { ...verdict, seconds: (performance.now() - began) / 1000, megabytes };
}
