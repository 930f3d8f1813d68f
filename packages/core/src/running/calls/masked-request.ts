/** What of a request people may read who need not be able to send it. */

type Header = readonly [name: string, value: string];

/** Names behind which secrets are sent. */
const SECRET = /auth|token|key|secret|cookie|signature|password|credential|session|hmac|jwt|assertion/i;
export const MASK = "•••";

export const maskedHeaders = (headers: readonly Header[]): Header[] =>
  headers.map(([name, value]) => [name, SECRET.test(name) ? MASK : value]);

/** A query with its question mark, an address that ends in one, or an empty text, with what is behind such names masked. */
export const maskedQuery = (query: string): string =>
  query.replaceAll(/([^?&=]*)=([^&]*)/g, (whole, name: string) =>
    SECRET.test(safelyDecoded(name)) ? `${name}=${MASK}` : whole,
  );

/** The same without what is masked of it. */
export const unmaskedQuery = (query: string): string => {
  if (!query.includes(MASK)) return query;
  const left = query
    .replace("?", "")
    .split("&")
    .filter((pair) => !pair.endsWith(`=${MASK}`));
  return left.length === 0 ? "" : `?${left.join("&")}`;
};

const safelyDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
