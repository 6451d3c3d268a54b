// What messages of one sending link are checked for, with the rules that held when it was attached.
import { AmqpError, ErrorInfo } from '../amqp/performatives.ts';
import type { MessageGuard } from '../core/admission.ts';
import type { CompiledGroup } from './compiled-vhost.ts';
import { type Denial, errorOf, Refusal } from './denial.ts';
import { rememberedTargetsMax, toldNameLengthMax } from './limits.ts';
import { UserClaim, userClaim } from './user-id.ts';

const malformed = new ErrorInfo({ condition: AmqpError.DecodeError, description: 'invalid message format' });

export interface LinkGuardOptions {
  readonly group: CompiledGroup;
  readonly user: string;
  /** Of the link's target, '' for an anonymous one. */
  readonly address: string;
  /** Told of every message that is refused. `isFirst`: it is the first one of the link for this reason. */
  onRefused(address: string, denial: Denial, isFirst: boolean): void;
}

export class LinkGuard implements MessageGuard {
  readonly #options: LinkGuardOptions;
  readonly #user: Uint8Array;
  /** Any user may be named. */
  readonly #mayProxy: boolean;
  readonly #userDenial: Denial;
  readonly #userError: ErrorInfo;
  #hasToldUser = false;
  /** Addresses that messages named: null when they may go there. */
  readonly #targets = new Map<string, ErrorInfo | null>();

  constructor(options: LinkGuardOptions) {
    this.#options = options;
    const { group, user } = options;
    this.#user = new TextEncoder().encode(user);
    this.#mayProxy = group.settings.allowUserIdProxy;
    this.#userDenial = this.#denial('allowUserIdProxy', 'the message names another user, and allowUserIdProxy is off');
    this.#userError = errorOf(Refusal.user, this.#userDenial);
  }

  #denial(rule: string, reason: string): Denial {
    const { vhost, settings } = this.#options.group;
    return { rule, vhost: vhost.hostname, group: settings.name, reason };
  }

  /** hot */
  checkUser(bytes: Uint8Array, start: number, end: number): ErrorInfo | null {
    if (this.#mayProxy) return null;
    const claim = userClaim(bytes, start, end, this.#user);
    if (claim <= UserClaim.Own) return null;
    // Who it claims to be cannot be known, so it claims too much.
    if (claim === UserClaim.Malformed) return malformed;
    this.#options.onRefused(this.#options.address, this.#userDenial, !this.#hasToldUser);
    this.#hasToldUser = true;
    return this.#userError;
  }

  checkTarget(address: string): ErrorInfo | null {
    const known = this.#targets.get(address);
    if (known === null) return null;
    const { group, user } = this.#options;
    if (known === undefined && group.targets.allows(address, user)) {
      this.#remember(address, null);
      return null;
    }
    const { targetPattern } = group.settings;
    const rule = targetPattern.length > 0 ? 'targetPattern' : 'targets';
    const denial = this.#denial(rule, `${rule} does not allow it`);
    const error = known ?? errorOf(Refusal.target, denial);
    if (known === undefined) this.#remember(address, error);
    this.#options.onRefused(address, denial, known === undefined);
    return error;
  }

  #remember(address: string, error: ErrorInfo | null): void {
    if (address.length > toldNameLengthMax) return;
    if (this.#targets.size >= rememberedTargetsMax) this.#targets.clear();
    this.#targets.set(address, error);
  }
}
