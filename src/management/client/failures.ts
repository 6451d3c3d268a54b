// Why a request came to nothing, in words.
import type { ErrorInfo } from '../../amqp/performatives.ts';
import { Condition } from '../../engine/conditions.ts';
import { ManagementError } from './management-error.ts';
import type { ManagementReply } from './reply.ts';

export function describe({ condition, description }: ErrorInfo): string {
  return description ? `${condition}: ${description}` : condition;
}

export function refusalText({ statusCode, statusDescription }: ManagementReply): string {
  return statusDescription === '' ? `status ${statusCode}` : `${statusDescription} (status ${statusCode})`;
}

export function silent(to: string): ManagementError {
  return new ManagementError('WEFT_AGENT_SILENT', `no reply from ${to} in time`);
}

export function unreachable(to: string): ManagementError {
  return new ManagementError('WEFT_NO_AGENT', `nobody answers at ${to}`);
}

export function forbidden(what: string, error: ErrorInfo | null): ManagementError {
  const why = error === null ? '' : ` (${describe(error)})`;
  return new ManagementError('WEFT_MANAGEMENT_FORBIDDEN', `the router does not give us ${what}${why}`);
}

export function refusedAt(to: string, error: ErrorInfo | null): ManagementError {
  return error?.condition === Condition.UnauthorizedAccess
    ? forbidden(`leave to send to ${to}`, error)
    : unreachable(to);
}
