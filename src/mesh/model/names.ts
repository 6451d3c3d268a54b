// The names of a mesh, and what each of them may look like.
//
//   environment, team, router, application     aws, shop, aws-1, web      a DNS label: also a file, a host, a Kubernetes object
//   application, in full                       shop/web                   the team in front; subject CN of its certificate
//   channel                                    shop.orders                words between . or /; what applications attach to
import { tokensOf } from '../../address/pattern-tree.ts';
import { channelLengthMax, channelWordsMax, nameLengthMax } from '../limits.ts';

/** For a DNS label. */
export const labelPattern = new RegExp(`^[a-z](?:[a-z0-9-]{0,${nameLengthMax - 2}}[a-z0-9])?$`);

/** For `team/application`. */
export const applicationPattern = new RegExp(
  `^[a-z](?:[a-z0-9-]{0,${nameLengthMax - 2}}[a-z0-9])?/[a-z](?:[a-z0-9-]{0,${nameLengthMax - 2}}[a-z0-9])?$`,
);

/** No blanks and control characters, nothing with a meaning in configuration files and policies: `* # , { } " ' \` and a backquote. */
export const channelPattern = /^[^\s\p{C}*#,{}"'`\\]+$/u;

/** What a name is, for faults. */
export const labelAllowed = `a name is lower-case letters, digits and -, begins with a letter and has at most ${nameLengthMax} characters`;
export const channelAllowed = `a channel is at most ${channelLengthMax} characters without blanks and without * # , { } " ' \\ and backquote`;

/** Why a text cannot be a channel, or null. */
export function channelProblem(name: string): string | null {
  if (name.length > channelLengthMax) return `the name has ${name.length} characters`;
  if (!channelPattern.test(name)) return 'the name holds a character that channels cannot have';
  const words = tokensOf(name);
  if (words.length === 0) return 'the name has no word in it';
  if (words.length > channelWordsMax) return `the name has ${words.length} words between . and /`;
  return null;
}

/** `shop/web` → `shop`. */
export function teamOf(application: string): string {
  return application.slice(0, application.indexOf('/'));
}

/** Whether `name` is `space` or lies below it: `shop` holds `shop`, `shop.orders`, `shop/orders`, not `shopping`. */
export function isWithin(name: string, space: string): boolean {
  const words = tokensOf(name);
  const outer = tokensOf(space);
  return words.length >= outer.length && outer.every((word, at) => words[at] === word);
}
