// Where the routers of a mesh listen that `weft up --dir` runs.
import { readUpFile } from '../../local/work-folder.ts';

/** Of applications. */
export function portsOf(work: string, ...routers: string[]): number[] {
  return routers.map((id) => readUpFile(work)?.ports[id]?.applications ?? 0);
}
