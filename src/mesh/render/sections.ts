// A router's configuration as data: sections with attributes, in the names of the schema, before it becomes text.

export type Value = string | number | boolean;

/** One user group of a vhost, or a list of such. */
export type Groups = Readonly<Record<string, Readonly<Record<string, Value>>>>;

export interface Section {
  /** `listener`, `sslProfile`, … as heads of sections are called. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, Value | Groups>>;
}

/** Leaves out what has no value. */
export function section(name: string, attributes: Readonly<Record<string, Value | Groups | null>>): Section {
  const given = Object.entries(attributes).filter(([, value]) => value !== null && value !== '');
  return { name, attributes: Object.fromEntries(given) as Section['attributes'] };
}
