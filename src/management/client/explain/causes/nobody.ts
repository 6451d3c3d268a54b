// Nobody consumes, as far as can be seen: who did last, and where cannot be looked.
import { ageText } from '../../../../kit/age-text.ts';
import type { Verdict } from '../verdict.ts';
import type { Walk } from '../walk.ts';
import { who } from '../words.ts';
import { describeConnector } from './network.ts';

export function nobody({ address, answered, unanswered }: Walk): Verdict {
  const last = answered
    .flatMap(({ facts }) => facts.departures.map((departure) => ({ at: facts.router, ...departure })))
    .sort((a, b) => a.agoSeconds - b.agoSeconds)[0];
  const left =
    last === undefined
      ? ''
      : `; the last one, ${who(last)} at ${last.at}, left ${ageText(last.agoSeconds)} ago (${last.reason})`;
  const unknown = unanswered.filter(({ kind }) => kind !== 'refused').map(({ router }) => router);
  const gaps = unknown.length === 0 ? '' : `; ${unknown.join(', ')} could not be asked`;
  const [down] = answered.flatMap(({ facts }) =>
    facts.downConnectors.map((connector) => ({ at: facts.router, connector })),
  );
  const cut = down === undefined ? '' : ` that can be asked; behind ${down.at}, ${describeConnector(down.connector)}`;
  return {
    cause: 'no-consumer',
    text: `nobody consumes ${address} anywhere${cut}${left}${gaps}`,
    remedy: `Start a consumer: senders get credit as soon as there is one. To try:\nweft receive ${address}`,
    router: '',
  };
}
