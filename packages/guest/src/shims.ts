/** What libraries ask to find out where they run. It says nothing about the machine. */
export const navigatorShim = Object.freeze({
  userAgent: "Patchbay",
  language: "en",
  languages: Object.freeze(["en"]),
  hardwareConcurrency: 1,
  onLine: true,
  platform: "",
});

const nothing = (): void => undefined;

/** As bundlers for browsers provide it: libraries that look for Node in it do not find Node. */
export const processShim = Object.freeze({
  title: "patchbay",
  browser: true,
  env: {},
  argv: Object.freeze([]),
  version: "",
  versions: Object.freeze({}),
  platform: "browser",
  cwd: () => "/",
  nextTick: (run: (...values: unknown[]) => void, ...values: unknown[]) =>
    queueMicrotask(() => run(...values)),
  on: nothing,
  once: nothing,
  off: nothing,
  emit: nothing,
  emitWarning: (warning: unknown) => console.warn(warning),
});
