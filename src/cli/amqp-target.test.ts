import { expect, test } from 'vitest';
import { formatTarget, parseTarget } from './amqp-target.ts';

const anonymous = { host: '127.0.0.1', port: 5672, isTls: false, user: '', password: null };

test.each([
  ['amqp://h/q', { ...anonymous, host: 'h', address: 'q' }],
  ['amqp://h:99/a/b.c', { ...anonymous, host: 'h', port: 99, address: 'a/b.c' }],
  ['amqps://h/q', { ...anonymous, host: 'h', port: 5671, isTls: true, address: 'q' }],
  ['amqp://[::1]:99/q', { ...anonymous, host: '::1', port: 99, address: 'q' }],
  ['amqp://al%40ice:p%3Aw@h/q', { ...anonymous, host: 'h', user: 'al@ice', password: 'p:w', address: 'q' }],
  ['amqp://alice@h/q', { ...anonymous, host: 'h', user: 'alice', address: 'q' }],
  ['amqp://h/a%20b?c#d', { ...anonymous, host: 'h', address: 'a b?c#d' }],
  ['q', { ...anonymous, address: 'q' }],
  // AMQP's own form without a host is an address, not a place to connect to.
  ['amqp:/_topo/0/R/q', { ...anonymous, address: 'amqp:/_topo/0/R/q' }],
])('%s', (text, target) => {
  expect(parseTarget(text, undefined)).toEqual(target);
});

test('an address goes to the bus, which needs no scheme', () => {
  expect(parseTarget('a/b', 'h:99')).toEqual({ ...anonymous, host: 'h', port: 99, address: 'a/b' });
  expect(parseTarget('a/b', 'amqp://u:p@h')).toMatchObject({ host: 'h', port: 5672, user: 'u', password: 'p' });
});

test.each([
  ['amqp://h', undefined, 'the URL has no address'],
  ['amqp://h/q', 'amqp://other', 'give the router once'],
  ['q', 'http://h', 'cannot speak http://'],
  ['q', 'amqp://h:port', 'this is no URL of a router'],
])('%s on %s is refused', (text, bus, message) => {
  expect(() => parseTarget(text, bus)).toThrow(message);
});

test('a target is shown without its password', () => {
  expect(formatTarget(parseTarget('amqp://u:secret@[::1]/q', undefined))).toBe('amqp://[::1]:5672/q');
});
