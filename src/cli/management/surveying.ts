// Asks every router of the running mesh, through the one that the flags name.
import { type Survey, surveyMesh } from '../../management/client/survey.ts';
import { type ConnectionFlags, targetOf } from './connection-flags.ts';
import { ManagementSession } from './management-session.ts';

/** Throws WeftError. */
export async function surveyOf(
  flags: ConnectionFlags,
  expected: readonly { readonly id: string; readonly mode: string }[],
): Promise<Survey> {
  const session = await ManagementSession.open(flags);
  const { address } = targetOf(flags);
  const startAt = address === '' ? '$management' : address;
  try {
    return await surveyMesh(session.ask, startAt, expected);
  } catch (error) {
    throw await session.explain(error, startAt);
  } finally {
    session.close();
  }
}
