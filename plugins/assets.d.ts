/** What `patchbay plugin pack` makes of imported files: styles are text. */
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*.md" {
  const text: string;
  export default text;
}
