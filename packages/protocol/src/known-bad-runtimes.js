// Plain JavaScript, since the scripts read it before anything is installed, on whatever Node a machine has.

/**
 * Parts of runtimes with a hole that strangers can reach: `component` as `process.versions` names it, bad below `before`.
 * Whoever runs on such a one does not start; a line leaves this list only when nothing below `before` is supported any more.
 */
export const KNOWN_BAD_RUNTIMES = [
  {
    component: "brotli",
    before: "1.2.1",
    advisory: "CVE-2026-111497",
    what: "whoever answers a request can write outside of the Brotli decoder's memory",
    cure: "Use Node 24.22.1, 26.12.1 or a newer one.",
  },
];

/** The lines of the list that hold for `versions`, as `process.versions` has them. What a runtime does not name it does not have. */
export const holesOf = (versions) =>
  KNOWN_BAD_RUNTIMES.filter(
    ({ component, before }) => versions[component] !== undefined && isOlder(versions[component], before),
  );

const isOlder = (version, other) => {
  const numbers = partsOf(version);
  for (const [index, part] of partsOf(other).entries())
    if ((numbers[index] ?? 0) !== part) return (numbers[index] ?? 0) < part;
  return false;
};

const partsOf = (version) => version.split(/[.-]/).slice(0, 3).map(Number);
