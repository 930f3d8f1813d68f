/** Before the path of every address of this server: empty, or such as `/patchbay` behind a proxy that shares a host. */
export const BASE_PATH = (() => {
  const told = document.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? "";
  // The page of the build's own server says nothing.
  return told.startsWith("/") ? told : "";
})();
