// One change of one section, as the editors of the three formats take it.
import type { EntitySpec, PlainValue } from '../attribute.ts';
import { presentNameOf } from '../read-entity.ts';
import type { RawEntry, RawSection } from '../source.ts';

/** Names and values in order. null: the attribute is removed, so that it has its default. */
export type AttributeEdits = ReadonlyMap<string, PlainValue>;

export type SectionEdit =
  | {
      readonly kind: 'create';
      readonly spec: EntitySpec;
      /** Index of the last section of the same type; -1 when there is none. */
      readonly behind: number;
      readonly attributes: AttributeEdits;
    }
  | { readonly kind: 'update'; readonly spec: EntitySpec; readonly at: number; readonly attributes: AttributeEdits }
  | { readonly kind: 'delete'; readonly at: number };

/** The line of the section that sets this attribute, under whatever spelling or former name. */
export function entryOf(section: RawSection, spec: EntitySpec, name: string): RawEntry | undefined {
  return section.entries.find(({ key }) => presentNameOf(spec, key) === name);
}

export const NO_COMMENTS =
  'comments stand within what would be replaced, and would be lost; change the file by hand and send SIGHUP';
