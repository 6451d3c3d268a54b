// The operations: those of the management node, which stand in a table, and those on entities, which their types carry out.
import type { AgentPort } from './agent-port.ts';
import type { EntityType } from './entity-type.ts';
import type { EntityTypes } from './entity-types.ts';
import { describeTypes } from './operations/describe.ts';
import { explain } from './operations/explain.ts';
import { findEntity } from './operations/find.ts';
import { logLines } from './operations/log.ts';
import { managementNodes } from './operations/nodes.ts';
import { Query } from './operations/query.ts';
import { readEntity } from './operations/read.ts';
import { describeSchema } from './operations/schema.ts';
import { type Answer, forbidden, isReply, refused } from './reply.ts';
import { type Request, textOf } from './request.ts';
import type { Work } from './work.ts';

/** Carries out one operation; `answer` is called once, now or in a later turn. */
export type Operation = (request: Request, answer: Answer) => void;

export class Operations {
  readonly #types: EntityTypes;
  readonly #ofNode: ReadonlyMap<string, Operation>;

  constructor(port: AgentPort, types: EntityTypes, work: Work) {
    this.#types = types;
    const query = new Query(types, work, port);
    this.#ofNode = new Map<string, Operation>([
      ['QUERY', (request, answer) => query.handle(request, answer)],
      ...describeTypes(types),
      ...describeSchema(types),
      ...managementNodes(port),
      ...logLines(port),
      ...explain(port, work),
    ]);
  }

  handle(request: Request, answer: Answer): void {
    const { operation } = request;
    if (operation === '') return answer(refused(400, "No 'operation' property"));
    const ofNode = this.#ofNode.get(operation);
    if (ofNode !== undefined) return ofNode(request, answer);
    if (operation === 'CREATE') return this.#create(request, answer);
    if (operation === 'READ' || operation === 'UPDATE' || operation === 'DELETE')
      return this.#onEntity(operation, request, answer);
    answer(this.#notImplemented(operation, null));
  }

  #create(request: Request, answer: Answer): void {
    const name = textOf(request, 'type');
    if (name === null) return answer(refused(400, 'No type provided', null));
    const type = this.#types.get(name);
    if (type === null) return answer(refused(400, `No such entity type '${name}'`));
    if (type.isForbidden) return answer({ ...forbidden, body: null });
    if (type.create === undefined) return answer(this.#notImplemented('CREATE', type));
    type.create(request, answer);
  }

  #onEntity(operation: 'READ' | 'UPDATE' | 'DELETE', request: Request, answer: Answer): void {
    const found = findEntity(this.#types, request);
    if (isReply(found)) return answer(found);
    const { type, item } = found;
    if (operation === 'READ') return answer(readEntity(type, item));
    if (operation === 'UPDATE' && type.update !== undefined) return type.update(item, request, answer);
    if (operation === 'DELETE' && type.delete !== undefined) return type.delete(item, request, answer);
    answer(this.#notImplemented(operation, type));
  }

  #notImplemented(operation: string, type: EntityType | null) {
    const spec = type?.spec ?? this.#types.managementNode;
    const list = spec.operations.map((one) => `'${one}'`).join(', ');
    return refused(501, `Operation '${operation}' not implemented for '${this.#types.fullName(spec)}' [${list}]`);
  }
}
