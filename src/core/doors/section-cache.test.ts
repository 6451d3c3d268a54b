import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SectionCache } from './section-cache.ts';

const bytesOf = (...values: number[]) => Uint8Array.from(values);

describe('a cache of sections', () => {
  test('knows again what it was told, wherever it lies in other bytes', () => {
    const cache = new SectionCache<string>();
    cache.add(bytesOf(9, 1, 2, 3, 4, 5, 9), 1, 6, 'five');
    cache.add(bytesOf(), 0, 0, 'none');
    expect(cache.find(bytesOf(1, 2, 3, 4, 5), 0, 5)).toBe('five');
    expect(cache.find(bytesOf(7, 7, 7, 1, 2, 3, 4, 5, 6), 3, 8)).toBe('five');
    expect(cache.find(bytesOf(7), 1, 1)).toBe('none');
  });

  test('keeps a copy: what is written over the bytes later does not count', () => {
    const cache = new SectionCache<string>();
    const bytes = bytesOf(1, 2, 3, 4, 5);
    cache.add(bytes, 0, 5, 'first');
    expect(cache.find(bytes, 0, 5)).toBe('first');
    bytes.fill(6);
    expect(cache.find(bytes, 0, 5)).toBeUndefined();
    expect(cache.find(bytesOf(1, 2, 3, 4, 5), 0, 5)).toBe('first');
  });

  test('tells sections apart that differ in one byte, in length, or in where they end', () => {
    const section = fc.uint8Array({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(section, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(9), (bytes, where, change, before) => {
        const cache = new SectionCache<number>();
        cache.add(bytes, 0, bytes.length, 1);
        const other = new Uint8Array(before + bytes.length + 5);
        other.set(bytes, before);
        const end = before + bytes.length;
        expect(cache.find(other, before, end)).toBe(1);
        expect(cache.find(other, before, end - 1)).toBeUndefined();
        expect(cache.find(other, before, end + 1)).toBeUndefined();
        const at = before + (where % bytes.length);
        other[at] = (other[at] as number) ^ change;
        expect(cache.find(other, before, end)).toBeUndefined();
      }),
    );
  });

  test('forgets the oldest of more than eight', () => {
    const cache = new SectionCache<number>();
    for (let key = 0; key < 9; key++) cache.add(bytesOf(key, key), 0, 2, key);
    expect(cache.find(bytesOf(0, 0), 0, 2)).toBeUndefined();
    for (let key = 1; key < 9; key++) expect(cache.find(bytesOf(key, key), 0, 2)).toBe(key);
  });

  test('does not remember a section that is too long', () => {
    const cache = new SectionCache<string>();
    const long = new Uint8Array(2049);
    cache.add(long, 0, 2048, 'as long as it may be');
    cache.add(long, 0, 2049, 'longer');
    expect([cache.find(long, 0, 2048), cache.find(long, 0, 2049)]).toEqual(['as long as it may be', undefined]);
  });
});
