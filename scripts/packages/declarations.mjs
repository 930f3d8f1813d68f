// Declarations of the sources, by the compiler, as one tree in which nothing refers to anything outside of it but packages of npm.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { run } from "../lib/children.mjs";
import { Fault, NODE_MODULES, projectNode, ROOT } from "../lib/project.mjs";

/** Packages of the project whose declarations go into those of others. */
const INSIDE = { "@patchbay/protocol": "packages/protocol/src/index.ts" };
const SPECIFIER = /((?:\bfrom|\bimport)\s*\(?\s*)"([^"]+)"/g;

/** Has the compiler write the declarations of `sources` and all that they import below `folder`, by their paths in the checkout. */
export async function emitDeclarations(sources, folder) {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "tsconfig.json");
  writeFileSync(config, JSON.stringify(compilerConfig(sources, folder), null, 2));
  const compiler = join(NODE_MODULES, "typescript/bin/tsc");
  const code = await run(projectNode(), [compiler, "-p", config], { cwd: ROOT });
  if (code !== 0) throw new Fault("The declarations of the packages for plugin authors cannot be written.");
}

function compilerConfig(sources, folder) {
  return {
    extends: join(ROOT, "tsconfig.base.json"),
    compilerOptions: {
      lib: ["ESNext", "DOM", "DOM.Iterable"],
      types: ["node"],
      typeRoots: [join(NODE_MODULES, "@types")],
      paths: Object.fromEntries(Object.entries(INSIDE).map(([name, path]) => [name, [join(ROOT, path)]])),
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: ROOT,
      outDir: folder,
    },
    files: sources.map((path) => join(ROOT, path)),
  };
}

/**
 * Copies what `sources` need of the declarations in `from` to `to`, with relative names that every resolution knows. Returns the
 * packages of npm that they name.
 */
export function copyDeclarations(sources, from, to) {
  const packages = new Set();
  const waiting = sources.map(declarationOf);
  const seen = new Set(waiting);
  for (const path of waiting) {
    const refer = (name) => {
      const target = targetOf(name, path);
      if (target === undefined) {
        packages.add(name);
        return name;
      }
      if (!seen.has(target)) waiting.push(target);
      seen.add(target);
      const found = posix.relative(posix.dirname(placeOf(path)), placeOf(target)).replace(/\.d\.ts$/, ".js");
      return found.startsWith(".") ? found : `./${found}`;
    };
    const text = readFileSync(join(from, path), "utf8");
    const place = join(to, placeOf(path));
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(
      place,
      text.replace(SPECIFIER, (_all, before, name) => `${before}"${refer(name)}"`),
    );
  }
  return packages;
}

/** `packages/sdk/src/ui/index.ts` lies at `sdk/ui/index.d.ts` in a package. */
export const placeOf = (path) => declarationOf(path).replace(/^(?:packages|apps)\/([^/]+)\/src\//, "$1/");

const declarationOf = (path) => path.replace(/(?<!\.d)\.tsx?$/, ".d.ts");

/** The declaration that a name means, by its path in the checkout; undefined for a package of npm. */
function targetOf(name, importer) {
  if (Object.hasOwn(INSIDE, name)) return declarationOf(INSIDE[name]);
  return name.startsWith(".")
    ? declarationOf(posix.normalize(posix.join(posix.dirname(importer), name)))
    : undefined;
}
