// GET-LOG: the last lines of the log, the oldest first: module, level, text, file and line (which we do not know), Unix seconds.
import type { AmqpValue } from '../../../amqp/values.ts';
import { int, long } from '../../../amqp/values.ts';
import { LOG_LEVELS } from '../../../schema/log-levels.ts';
import type { AgentPort } from '../agent-port.ts';
import type { Operation } from '../operations.ts';
import { ok, refused } from '../reply.ts';
import { numberOf, textOf } from '../request.ts';

export function logLines({ log }: AgentPort): [string, Operation][] {
  return [
    [
      'GET-LOG',
      (request, answer) => {
        const written = textOf(request, 'limit');
        const limit = written === null ? numberOf(request, 'limit') : Number(written);
        if (limit !== null && !Number.isInteger(limit))
          return answer(refused(400, `limit is a number of lines, not '${written ?? limit}'`));
        const lines = limit === null ? log.recent() : log.recent(limit);
        answer(
          ok(
            lines.map(({ module, level, text, wallTimeMs }): AmqpValue[] => {
              const seconds = Math.trunc(wallTimeMs / 1000);
              return [
                module,
                LOG_LEVELS[level] ?? '',
                text,
                null,
                null,
                seconds < 2 ** 31 ? int(seconds) : long(seconds),
              ];
            }),
          ),
        );
      },
    ],
  ];
}
