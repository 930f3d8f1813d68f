import type { SecretResolver } from "@patchbay/core";
import { PatchbayError, type Place, placeOfUrl } from "@patchbay/protocol";

type Encode = (secret: string) => string;

const plain: Encode = (secret) => secret;
const inJson: Encode = (secret) => JSON.stringify(secret).slice(1, -1);
const inForm: Encode = (secret) => encodeURIComponent(secret).replaceAll("%20", "+");

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;
const CARRIES_CREDENTIALS = /^(proxy-)?authorization$/i;

/** Shorter secrets turn up by chance; taking them out would garble what is no secret. */
const LEAST_MASKED_LENGTH = 4;

/**
 * Puts secrets in the place of their placeholders, towards one place, and remembers which, so that they can be taken out of
 * what comes back. Every method throws `secret_refused` when a secret is not for it.
 */
export class SecretFiller {
  readonly #resolver: SecretResolver;
  /** By secret: its placeholder, and all ways in which the secret may be written. */
  readonly #revealed = new Map<string, { readonly placeholder: string; forms?: readonly string[] }>();

  constructor(resolver: SecretResolver) {
    this.#resolver = resolver;
  }

  /** The URL with its path and query filled in. */
  url(url: URL): URL {
    if (url.href.search(this.#resolver.pattern) < 0) return url;
    const filled = new URL(url);
    filled.pathname = this.#fill(url.pathname, placeOfHop(url), encodeURIComponent);
    filled.search = this.#fill(url.search, placeOfHop(url), encodeURIComponent);
    return filled;
  }

  header(name: string, value: string, place: Place): string {
    const encoded = CARRIES_CREDENTIALS.test(name) ? BASIC.exec(value)?.[1] : undefined;
    if (encoded === undefined) return this.#fill(value, place, plain);
    const credentials = Buffer.from(encoded, "base64").toString("utf8");
    const filled = this.#fill(credentials, place, plain);
    return filled === credentials ? value : `Basic ${Buffer.from(filled).toString("base64")}`;
  }

  body(body: Uint8Array, contentType: string, place: Place): Uint8Array {
    // Every byte becomes one character and back, so that bytes that are no text stay as they are.
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
    const encode = encoderFor(contentType);
    const filled = this.#fill(text, place, (secret) => latin1(encode(secret)));
    return filled === text ? body : Buffer.from(filled, "latin1");
  }

  /** Characters of the longest form of a revealed secret in bytes; 0 where there is nothing to take out. */
  get longest(): number {
    return Math.max(0, ...this.#forms().map(({ form }) => latin1(form).length));
  }

  /** The text with every revealed secret replaced by its placeholder again, in whatever way it is encoded. */
  mask(text: string): string {
    return this.#forms().reduce(
      (masked, { form, placeholder }) => masked.replaceAll(form, placeholder),
      text,
    );
  }

  /** The same of bytes, of which each is one character. */
  maskBytes(bytes: string): string {
    return this.#forms().reduce(
      (masked, { form, placeholder }) => masked.replaceAll(latin1(form), placeholder),
      bytes,
    );
  }

  #forms(): { readonly form: string; readonly placeholder: string }[] {
    return [...this.#revealed]
      .filter(([secret]) => secret.length >= LEAST_MASKED_LENGTH)
      .flatMap(([secret, revealed]) => {
        revealed.forms ??= formsOf(secret);
        return revealed.forms.map((form) => ({ form, placeholder: revealed.placeholder }));
      });
  }

  #fill(text: string, place: Place, encode: Encode): string {
    return text.replace(this.#resolver.pattern, (placeholder) => {
      const secret = this.#resolver.reveal(placeholder, place);
      this.#revealed.set(secret, { placeholder });
      return encode(secret);
    });
  }
}

const latin1 = (text: string): string => Buffer.from(text).toString("latin1");

const formsOf = (secret: string): readonly string[] => [
  ...new Set([secret, inJson(secret), encodeURIComponent(secret), inForm(secret), encodeURI(secret)]),
];

/** Throws `fetch_refused`: nothing but http and https leaves. */
export const placeOfHop = (url: URL): Place => {
  const place = placeOfUrl(url);
  if (place !== null) return place;
  throw new PatchbayError("fetch_refused", `Only http and https can be fetched, not ${url.protocol}`);
};

const encoderFor = (contentType: string): Encode => {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "application/json" || type.endsWith("+json")) return inJson;
  return type === "application/x-www-form-urlencoded" ? inForm : plain;
};
