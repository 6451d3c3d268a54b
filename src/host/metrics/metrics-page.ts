// The text of /metrics. Gathering the figures is spread over as many turns of the event loop as it takes, so that messages go on
// meanwhile; whoever asks while that is under way, or right after it, gets the same text.
import { monotonicMs } from '../clock.ts';
import type { HostedRouter, SurveyFigures } from '../hosted-router.ts';
import type { MetricsText } from '../http/http-service.ts';
import { limits } from '../limits.ts';
import type { TlsProfiles } from '../tls/tls-profiles.ts';
import { certificateMetrics } from './certificate-metrics.ts';
import { dispatchMetrics } from './dispatch-metrics.ts';
import { EventLoopWatch } from './event-loop.ts';
import { metricsContentType, metricsText } from './metric.ts';
import { processMetrics } from './process-metrics.ts';
import { routerMetrics } from './router-metrics.ts';

export interface MetricsSource {
  readonly router: HostedRouter;
  tlsProfiles(): TlsProfiles;
}

export function makeMetricsPage(source: MetricsSource): MetricsText {
  return new MetricsPage(source);
}

class MetricsPage implements MetricsText {
  readonly contentType = metricsContentType;
  readonly #source: MetricsSource;
  readonly #eventLoop = new EventLoopWatch();
  #text: Promise<string> | null = null;
  /** When the text was made, -Infinity while it is being made. */
  #madeAtMs = Number.NEGATIVE_INFINITY;

  constructor(source: MetricsSource) {
    this.#source = source;
    this.#source.router.monitor.survey(); // counting begins with the listener, not with the first one who asks
  }

  text(): Promise<string> {
    const isOld = this.#madeAtMs + limits.metricsAgeMs < monotonicMs();
    if (this.#text === null || (this.#madeAtMs !== Number.NEGATIVE_INFINITY && isOld)) this.#text = this.#make();
    return this.#text;
  }

  close(): void {
    this.#eventLoop.close();
  }

  async #make(): Promise<string> {
    this.#madeAtMs = Number.NEGATIVE_INFINITY;
    try {
      const { router, tlsProfiles } = this.#source;
      const survey = await this.#survey();
      const figures = router.monitor.figures();
      return await metricsText([
        ...dispatchMetrics(figures, survey),
        ...routerMetrics(figures, survey),
        ...certificateMetrics(tlsProfiles()),
        ...this.#eventLoop.metrics(),
        ...(await processMetrics()),
      ]);
    } catch (error) {
      this.#text = null;
      throw error;
    } finally {
      this.#madeAtMs = monotonicMs();
    }
  }

  async #survey(): Promise<SurveyFigures> {
    const survey = this.#source.router.monitor.survey();
    for (;;) {
      const figures = survey.step(limits.metricsBite);
      if (figures !== null) return figures;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
