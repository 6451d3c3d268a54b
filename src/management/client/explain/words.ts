// Words of verdicts.

/** An application of a mesh (TEAM/NAME) goes by its user alone; others may share one, and go by their container as well. */
export function who({ container, user }: { readonly container: string; readonly user: string }): string {
  if (/^[\w.-]+\/[\w.-]+$/.test(user)) return user;
  return user === '' || user === 'anonymous' ? container || 'a consumer' : `${container} (${user})`;
}
