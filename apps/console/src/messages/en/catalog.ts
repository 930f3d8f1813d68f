/** A catalog in another language: the same keys, other words. The compiler finds what is missing. */
export type Translated<Catalog> = {
  readonly [Key in keyof Catalog]: Catalog[Key] extends string ? string : Translated<Catalog[Key]>;
};
