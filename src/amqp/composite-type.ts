// How the generated classes and tables are made.

/** What the constructor of a composite takes: mandatory fields, and any of the others. */
export type Init<T, Mandatory extends keyof T = never> = Pick<T, Mandatory> & {
  [Field in Exclude<keyof T, Mandatory | 'code'>]?: T[Field] | undefined;
};

/** Wire type of a field; `source`, `target`, `state` and `outcome` are `*` in the standard and known by what they require. */
export type FieldKind =
  | 'boolean'
  | 'ubyte'
  | 'ushort'
  | 'uint'
  | 'ulong'
  | 'timestamp'
  | 'string'
  | 'symbol'
  | 'binary'
  | 'map'
  | 'any'
  | 'source'
  | 'target'
  | 'state'
  | 'outcome'
  | 'error';

export interface CompositeField {
  readonly name: string;
  readonly kind: FieldKind;
  readonly mandatory: boolean;
  /** A single value stands for itself, several for an array (§1.4). */
  readonly multiple: boolean;
}

/** A described list whose fields have names. */
export interface CompositeType {
  readonly type: new (init: never) => object;
  readonly code: number;
  readonly fields: readonly CompositeField[];
}
