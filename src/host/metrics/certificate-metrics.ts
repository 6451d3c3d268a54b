// When our certificates end.
import type { TlsProfiles } from '../tls/tls-profiles.ts';
import { gauge, type Metric } from './metric.ts';

export function certificateMetrics(profiles: TlsProfiles): Metric[] {
  const ends = [...profiles.all].flatMap(({ entity, material }) =>
    material.certificate === null ? [] : [{ name: entity.name, endsAtMs: Date.parse(material.certificate.validTo) }],
  );
  return [
    gauge(
      'weft_certificate_expiry_timestamp_seconds',
      'When the certificate of an sslProfile ends, in seconds since the epoch',
      ends.map(({ name, endsAtMs }) => ({ labels: { profile: name }, value: endsAtMs / 1000 })),
    ),
  ];
}
