/** From the way out to the provider until the way back: time to look for a phone with a second factor. */
export const SIGN_IN_MS = 10 * 60 * 1000;
/** One request to the provider with its answer. People wait for it. */
export const PROVIDER_TIMEOUT_SECONDS = 10;
/** An answer of the provider. The largest real ones, key sets with certificates, have some 20 KiB. */
export const MAX_PROVIDER_ANSWER_BYTES = 256 * 1024;
/** What the provider says of itself is read anew after this long: providers move their endpoints rarely, but they do. */
export const METADATA_AGE_MS = 60 * 60 * 1000;
/** Where to go after signing in. Sealed it must fit into a cookie, which browsers take up to 4,096 bytes. */
export const MAX_RETURN_TO_CHARACTERS = 1_500;
