/** Longer texts are not put into a field, which browsers lay out whole at every key: a file in base64 would stop the page. In UTF-16 units. */
export const MAX_EDITED_CHARACTERS = 100_000;
/** Of a text that is too long to be shown, this much tells which one it is. In UTF-16 units. */
export const PREVIEW_CHARACTERS = 80;
/** Of an answer's text more than this is not drawn: it would stop the page. Copying takes all of it. In UTF-16 units. */
export const MAX_DRAWN_CHARACTERS = 200_000;
