/**
 * What an object holds under a name that somebody else has chosen; undefined for what every object inherits, such as
 * `constructor`.
 */
export const ownValue = <Value>(values: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;
