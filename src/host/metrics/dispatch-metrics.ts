// The metrics that qdrouterd has, with its names and types, so that dashboards made for it go on to work. It calls gauges `…_total`,
// which Prometheus' own rules forbid; the names are kept all the same.
import type { RouterFigures, SurveyFigures } from '../hosted-router.ts';
import { counter, gauge, type Metric } from './metric.ts';

/** Its gauges: `promtool check metrics` finds fault with these names and with no other of ours. */
export const dispatchGauges = [
  'qdr_connections_total',
  'qdr_links_total',
  'qdr_addresses_total',
  'qdr_routers_total',
  'qdr_link_routes_total',
  'qdr_auto_links_total',
  'qdr_deliveries_stuck_total',
  'qdr_links_blocked_total',
] as const;

export function dispatchMetrics(figures: RouterFigures, survey: SurveyFigures): Metric[] {
  const { deliveries } = figures;
  const open = Object.values(figures.connections).reduce((sum, count) => sum + count, 0);
  return [
    gauge('qdr_connections_total', 'Open connections', open),
    gauge('qdr_links_total', 'Attached links', survey.links),
    gauge('qdr_addresses_total', 'Addresses that this router knows', figures.addresses),
    gauge('qdr_routers_total', 'Other routers that this router knows', figures.routers),
    gauge('qdr_link_routes_total', 'Link routes', 0),
    gauge('qdr_auto_links_total', 'Automatic links', 0),
    gauge('qdr_deliveries_stuck_total', 'Deliveries that are unsettled for more than ten seconds', survey.stuck),
    gauge('qdr_links_blocked_total', 'Links without credit for more than ten seconds', survey.linksBlocked),
    counter('qdr_presettled_deliveries_total', 'Deliveries that came settled', deliveries.presettled),
    counter(
      'qdr_dropped_presettled_deliveries_total',
      'Settled deliveries that were lost',
      deliveries.droppedPresettled,
    ),
    counter('qdr_accepted_deliveries_total', 'Deliveries with the outcome accepted', deliveries.accepted),
    counter('qdr_released_deliveries_total', 'Deliveries with the outcome released', deliveries.released),
    counter('qdr_rejected_deliveries_total', 'Deliveries with the outcome rejected', deliveries.rejected),
    counter('qdr_modified_deliveries_total', 'Deliveries with the outcome modified', deliveries.modified),
    counter('qdr_deliveries_ingress_total', 'Deliveries from clients', deliveries.ingress),
    counter('qdr_deliveries_egress_total', 'Deliveries to clients', deliveries.egress),
    counter('qdr_deliveries_transit_total', 'Deliveries from router to router', deliveries.transit),
    counter(
      'qdr_deliveries_ingress_route_container_total',
      'Deliveries from route containers',
      survey.fromRouteContainers,
    ),
    counter('qdr_deliveries_egress_route_container_total', 'Deliveries to route containers', survey.toRouteContainers),
    counter('qdr_deliveries_delayed_1sec_total', 'Deliveries settled after one second', deliveries.delayed1Sec),
    counter('qdr_deliveries_delayed_10sec_total', 'Deliveries settled after ten seconds', deliveries.delayed10Sec),
    counter('qdr_deliveries_redirected_to_fallback_total', 'Deliveries to fallback destinations', 0),
  ];
}
