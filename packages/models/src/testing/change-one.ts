/** A copy of a JSON value in which one field, or the whole, is another value; `place` says which, whatever number it is. */
export const changeOne = (json: unknown, place: number, value: unknown): unknown => {
  const visit = (onField: (field: unknown) => unknown) =>
    JSON.stringify(json, (_key, field: unknown) => onField(field));
  let count = 0;
  visit((field) => {
    count += 1;
    return field;
  });
  let index = 0;
  const target = place % count;
  return JSON.parse(
    visit((field) => {
      index += 1;
      return index - 1 === target ? value : field;
    }),
  );
};
