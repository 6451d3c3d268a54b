// Words of verdicts.

export const who = ({ container, user }: { container: string; user: string }): string => named(container, user);

export function named(container: string, user: string): string {
  return user === '' || user === 'anonymous' ? container || 'a consumer' : `${container} (${user})`;
}

/** `0.4 s`, `12 s`, `3 min`, `2 h` */
export function seconds(value: number): string {
  if (value < 120) return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} s`;
  return value < 7200 ? `${Math.round(value / 60)} min` : `${Math.round(value / 3600)} h`;
}
