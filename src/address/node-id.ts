// Routers name each other in annotations and in the router protocol as `<area>/<router id>`, such as `0/QDR.A`.
// An id may hold slashes here: everything behind the first one is the id.

const AREA = '0';

/** `QDR.A` → `0/QDR.A`. */
export function nodeIdOf(routerId: string): string {
  return `${AREA}/${routerId}`;
}

/** `0/QDR.A` → `QDR.A`; null for a node of another area, or for text that is no node id. */
export function routerIdOf(nodeId: string): string | null {
  return nodeId.startsWith(`${AREA}/`) && nodeId.length > AREA.length + 1 ? nodeId.slice(AREA.length + 1) : null;
}
