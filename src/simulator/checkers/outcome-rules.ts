// Which outcome a sender has to be told, by what became of the copies of its message (promise 3, §3.4).
import { decodeState, Modified } from '../../amqp/performatives.ts';
import { describeValue } from '../../amqp/values.ts';
import { type Copy, State, type Told } from '../witness/records.ts';

/** What one consumer made of its copy; null while that is open. */
export function resolutionOf(copy: Copy): number | null {
  const { link, said } = copy;
  if (copy.settled) return copy.isComplete ? State.Accepted : link.endedAt >= 0 ? State.Modified : null;
  if (said !== null && (copy.isSettled || isFinal(copy, said))) return terminal(said.code, link.defaultOutcome);
  return link.endedAt >= 0 ? State.Modified : null;
}

/** The sender of a multicast cannot be asked to settle one of its copies: so a state is taken for the settlement. */
function isFinal({ message }: Copy, { code }: Told): boolean {
  return message?.channel?.distribution === 'multicast' && code >= State.Accepted && code <= State.Modified;
}

/** What is no outcome counts as the link's default one, and without that as in doubt. */
function terminal(code: number, defaultOutcome: number): number {
  if (code >= State.Accepted && code <= State.Modified) return code;
  return code === State.None && defaultOutcome !== State.None ? defaultOutcome : State.Modified;
}

/** Of several copies: accepted when one was accepted and none rejected; else in doubt beats nobody. Null while one is open. */
export function mergedOutcome(copies: readonly Copy[]): number | null {
  const resolutions = copies.map(resolutionOf);
  if (resolutions.includes(null)) return null;
  for (const code of [State.Rejected, State.Accepted, State.Modified]) if (resolutions.includes(code)) return code;
  return State.Released;
}

/** Whether the details of the consumer's outcome reached the sender; what is wrong with them, or null. */
export function compareDetails(said: Told | null, told: Told): string | null {
  if (told.code === State.Modified) return compareModified(said, told);
  if (told.code !== State.Rejected || said?.code !== State.Rejected) return null;
  return describe(said) === describe(told)
    ? null
    : `the sender was told ${describe(told)} instead of ${describe(said)}`;
}

/** `modified` always says delivery-failed; the rest of it is the consumer's. */
function compareModified(said: Told | null, told: Told): string | null {
  const state = decodeState(told.bytes, 0, told.bytes.length);
  if (!(state instanceof Modified) || state.deliveryFailed !== true) return 'modified without delivery-failed';
  const cause = said === null ? null : decodeState(said.bytes, 0, said.bytes.length);
  if (!(cause instanceof Modified)) return null;
  const isSame =
    (state.undeliverableHere ?? false) === (cause.undeliverableHere ?? false) &&
    describeValue(state.messageAnnotations) === describeValue(cause.messageAnnotations);
  return isSame ? null : 'the details of modified are not those of the consumer';
}

function describe({ bytes }: Told): string {
  const state = decodeState(bytes, 0, bytes.length);
  return JSON.stringify(state, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

export function nameOf(code: number | null): string {
  const found = Object.entries(State).find(([, value]) => value === code);
  return found === undefined ? 'none yet' : found[0].toLowerCase();
}
