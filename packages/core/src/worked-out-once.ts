/**
 * What `work` makes of two objects that never change, worked out once for both and held as long as they are: for what every call wants
 * to know and only a change of grants, settings or version changes.
 */
export const workedOutOnce = <One extends object, Other extends object, Value>(
  work: (one: One, other: Other) => Value,
): ((one: One, other: Other) => Value) => {
  const held = new WeakMap<One, WeakMap<Other, { readonly value: Value }>>();
  return (one, other) => {
    const ofOne = held.get(one) ?? new WeakMap<Other, { readonly value: Value }>();
    const known = ofOne.get(other);
    if (known !== undefined) return known.value;
    const value = work(one, other);
    held.set(one, ofOne.set(other, { value }));
    return value;
  };
};
