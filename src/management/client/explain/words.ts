// Words of verdicts.

export const who = ({ container, user }: { container: string; user: string }): string => named(container, user);

export function named(container: string, user: string): string {
  return user === '' || user === 'anonymous' ? container || 'a consumer' : `${container} (${user})`;
}
