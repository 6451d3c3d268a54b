// The way of a message, as its annotation `x-opt-qd.trace` tells it: the ids of the routers it has passed, `0/` before each.
export function routersOf(annotations: unknown): string[] {
  const trace = (annotations as Record<string, unknown> | undefined)?.['x-opt-qd.trace'];
  return Array.isArray(trace) ? trace.map((id) => String(id).replace(/^0\//, '')) : [];
}
