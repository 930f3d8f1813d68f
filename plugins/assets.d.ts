/** What `patchbay plugin pack` makes of imported files: styles are text. */
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*.md" {
  const text: string;
  export default text;
}
/** What the build makes of the word vectors: the words between spaces, and their vectors in base64. */
declare module "*/dist/vectors.js" {
  export const WORDS: string;
  export const VECTORS: string;
}
