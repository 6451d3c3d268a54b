// Delivery states (§3.4) of rhea as the suite has them, and back.
import rhea from 'rhea';
import type { State } from '../protocol.ts';
import { failureOf, type Untyped } from './rhea-known.ts';
import { report, toValue } from './rhea-values.ts';

export function stateOf(state: Untyped | undefined): State {
  const outcome = (state?.constructor as { composite_type?: State['outcome'] } | undefined)?.composite_type ?? 'none';
  if (outcome === 'rejected') {
    const error = state?.['error'] as Untyped | undefined;
    return { outcome, ...failureOf(error), info: report(error?.['info']) };
  }
  if (outcome !== 'modified') return { outcome };
  const { delivery_failed, undeliverable_here, message_annotations } = state as Untyped;
  return {
    outcome,
    deliveryFailed: delivery_failed === true,
    undeliverableHere: undeliverable_here === true,
    annotations: report(message_annotations),
  };
}

export function describedState(state: State): unknown {
  const { message } = rhea as unknown as {
    message: { [outcome: string]: (fields?: unknown) => { described(): unknown } };
  };
  const make = (fields?: unknown): unknown => message[state.outcome]?.(fields).described();
  if (state.outcome === 'modified') {
    return make({
      delivery_failed: state.deliveryFailed,
      undeliverable_here: state.undeliverableHere,
      message_annotations: toValue(state.annotations),
    });
  }
  if (state.outcome !== 'rejected' || !state.condition) return make();
  return make({ error: { condition: state.condition, description: state.description, info: toValue(state.info) } });
}
