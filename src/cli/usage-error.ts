// The command was called in a wrong way: told in one line, exit code 2.

export class UsageError extends Error {
  override name = 'UsageError';
}
