/** Longer texts are not put into a field, which browsers lay out whole at every key: a file in base64 would stop the page. In UTF-16 units. */
export const MAX_EDITED_CHARACTERS = 100_000;
/** Of a text that is too long to be shown, this much tells which one it is. In UTF-16 units. */
export const PREVIEW_CHARACTERS = 80;
/** Of an answer's text more than this is not drawn: it would stop the page. Copying takes all of it. In UTF-16 units. */
export const MAX_DRAWN_CHARACTERS = 200_000;

/** Of what a streaming tool says the newest values are kept: more than anybody reads, */
export const MAX_KEPT_VALUES = 1_000;
/** and no more text than a page can draw, in characters of JSON. One value is kept whatever its size. */
export const MAX_KEPT_CHARACTERS = 2_000_000;
