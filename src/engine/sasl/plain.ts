// SASL PLAIN (RFC 4616):  authzid NUL authcid NUL password, each UTF-8.

/** User and password of an initial response; null when it is not of that form. */
export function decodePlain(response: Uint8Array): { user: string; password: string } | null {
  const first = response.indexOf(0);
  const second = response.indexOf(0, first + 1);
  if (first < 0 || second < 0 || response.indexOf(0, second + 1) >= 0) return null;
  const text = new TextDecoder('utf-8', { fatal: true });
  try {
    const authorization = text.decode(response.subarray(0, first));
    const user = text.decode(response.subarray(first + 1, second));
    const password = text.decode(response.subarray(second + 1));
    // Acting for somebody else is not offered.
    if (user === '' || password === '' || (authorization !== '' && authorization !== user)) return null;
    return { user, password };
  } catch {
    return null;
  }
}

export function encodePlain(user: string, password: string): Uint8Array {
  return new TextEncoder().encode(`\0${user}\0${password}`);
}
