// What the client on rhea knows by number, and how it tells what happens.
import type { Connection, Delivery, link as Link } from 'rhea';
import type { Command, Event, Failure } from '../protocol.ts';

export type CommandNamed<N extends Command['do']> = Extract<Command, { do: N }>;
/** What rhea's types leave open. */
export type Untyped = { [key: string]: unknown };

export const connections = new Map<number, Connection>();
export const links = new Map<number, Link>();
export const linkNumbers = new Map<object, number>();
/** Receivers whose deliveries are accepted as they come. */
export const autoAccepting = new Set<number>();
const deliveries = new Map<string, Delivery>();
export const deliveryNumbers = new Map<object, number>();

export function rememberDelivery(link: number, number: number, delivery: Delivery): void {
  deliveries.set(`${link}/${number}`, delivery);
  deliveryNumbers.set(delivery, number);
}

export const deliveryOf = (link: number, number: number): Delivery => deliveries.get(`${link}/${number}`) as Delivery;

export const tell = (event: Event): void => void process.stdout.write(`${JSON.stringify(event)}\n`);

export function failureOf(error: unknown): Failure {
  const { condition, description, message } = (error ?? {}) as {
    condition?: unknown;
    description?: unknown;
    message?: unknown;
  };
  const text = description ?? message;
  return {
    condition: condition === undefined || condition === null ? null : String(condition),
    description: text === undefined || text === null ? null : String(text),
  };
}
