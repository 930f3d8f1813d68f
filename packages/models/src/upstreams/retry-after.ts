/** When an upstream wants to be asked again, in seconds: its headers `retry-after-ms`, or `retry-after` in seconds or as a date. */
export const retryAfterIn = (
  header: (name: string) => string | undefined,
  now = Date.now(),
): number | undefined => {
  const milliseconds = header("retry-after-ms");
  if (milliseconds !== undefined && NUMBER.test(milliseconds)) return Number(milliseconds) / 1000;
  const value = header("retry-after");
  if (value === undefined) return undefined;
  if (NUMBER.test(value)) return Number(value);
  const at = /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
};

const NUMBER = /^\d{1,15}(?:\.\d{1,6})?$/;
