// Every view of `weft stat`, with the flags of qdstat.
import { policyView, vhostGroupsView, vhostStatsView, vhostsView } from './policy-views.ts';
import { autoLinksView, generalView, linkRoutesView, logView, memoryView } from './router-views.ts';
import { stuckView } from './stuck-view.ts';
import { addressesView, connectionsView, edgeView, linksView, nodesView } from './traffic-views.ts';
import type { View } from './view.ts';

/** A flag as commander takes it, what it shows, and for the help. */
export const viewFlags: readonly (readonly [flags: string, about: string, view: View])[] = [
  ['-g, --general', 'figures of the router as a whole (this is shown unless something else is asked for)', generalView],
  ['-c, --connections', 'connections', connectionsView],
  ['-l, --links', 'links', linksView],
  ['-n, --nodes', 'routers of the network', nodesView],
  ['-e, --edge', 'connections between edge and interior', edgeView],
  ['-a, --address', 'addresses', addressesView],
  ['-m, --memory', 'memory', memoryView],
  ['-p, --policy', 'policy', policyView],
  ['--autolinks', 'auto links', autoLinksView],
  ['--linkroutes', 'link routes', linkRoutesView],
  ['--vhosts', 'vhosts of the policy', vhostsView],
  ['--vhostgroups', 'groups of the vhosts', vhostGroupsView],
  ['--vhoststats', 'what vhosts let in and denied', vhostStatsView],
  ['--log', 'the latest lines of the log', logView],
  ['--stuck', 'links with deliveries unsettled for more than 10 s, and who holds them', stuckView],
];

/** What --all-entities shows, in this order. */
export const allEntities: readonly View[] = [
  linksView,
  addressesView,
  connectionsView,
  autoLinksView,
  linkRoutesView,
  generalView,
  memoryView,
  policyView,
  vhostsView,
  vhostStatsView,
];
