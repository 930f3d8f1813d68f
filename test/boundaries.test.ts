import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Which packages of the project each one may import, as ARCHITECTURE.md has it. Applications are imported by nobody. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "packages/protocol": [],
  "packages/artifact": ["protocol"],
  "packages/sdk": ["protocol"],
  "packages/api-client": ["protocol"],
  "packages/guest": ["protocol", "sdk"],
  "packages/frame": ["protocol", "sdk"],
  "packages/core": ["protocol", "artifact"],
  "packages/models": ["protocol", "core"],
  "packages/egress": ["protocol", "core"],
  "packages/runtime": ["protocol", "core", "guest"],
  "packages/storage-postgres": ["protocol", "core"],
  "packages/storage-objects": ["protocol", "core"],
  "packages/durable": ["core"],
  "apps/console": ["protocol", "api-client"],
  "apps/cli": ["protocol", "artifact", "api-client", "sdk", "runtime"],
  "apps/server": [
    "protocol",
    "artifact",
    "core",
    "egress",
    "runtime",
    "guest",
    "frame",
    "storage-postgres",
    "storage-objects",
    "durable",
    "models",
  ],
  bench: [
    "protocol",
    "artifact",
    "api-client",
    "sdk",
    "core",
    "runtime",
    "storage-postgres",
    "storage-objects",
  ],
};
const PLUGINS_MAY_IMPORT = ["sdk"];
/** Tests may look over the fence: they start databases and pack plugins. */
const isTest = (file: string): boolean => /\.(test|contract|fixture)\.tsx?$|\/testing\//.test(file);
const IMPORT =
  /(?:\bfrom\s+|\bimport\s*\(?\s*|\bimport\.meta\.resolve\(\s*|\brequire(?:\.resolve)?\(\s*)["']([^"']+)["']/g;

const workspaces = ["packages", "apps", "plugins"]
  .flatMap((parent) =>
    existsSync(join(ROOT, parent)) ? readdirSync(join(ROOT, parent)).map((name) => `${parent}/${name}`) : [],
  )
  .concat("bench")
  .filter((path) => existsSync(join(ROOT, path, "package.json")));

function sourcesOf(workspace: string): string[] {
  const folder = join(ROOT, workspace, "src");
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

const importsOf = (file: string): string[] =>
  [...readFileSync(file, "utf8").matchAll(IMPORT)].map(([, name = ""]) => name);
const allowedFor = (workspace: string): readonly string[] =>
  workspace.startsWith("plugins/") ? PLUGINS_MAY_IMPORT : (MAY_IMPORT[workspace] ?? []);

/** Imports of a file that its place does not allow. */
function violations(workspace: string, file: string): string[] {
  const own = workspace.split("/").at(-1);
  return importsOf(file).flatMap((name) => {
    const from = relative(ROOT, file);
    if (name.startsWith(".")) {
      const target = relative(join(ROOT, workspace), resolve(dirname(file), name));
      return target.startsWith("..") && !isTest(file) ? [`${from} reaches out of its package: ${name}`] : [];
    }
    const [, imported] = /^@patchbay\/([^/]+)/.exec(name) ?? [];
    if (imported === undefined || imported === own || isTest(file)) return [];
    return allowedFor(workspace).includes(imported) ? [] : [`${from} imports @patchbay/${imported}`];
  });
}

interface Dependencies {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
const manifestOf = (workspace: string): Dependencies =>
  JSON.parse(readFileSync(join(ROOT, workspace, "package.json"), "utf8")) as Dependencies;

/** `@scope/name` or `name` of a specifier that is neither a path nor a module of Node. */
const packageOf = (specifier: string): string | undefined =>
  /^(?!node:|[.#/]|[a-z]+:)((?:@[\w.-]+\/)?[\w.-]+)(?:\/|$)/.exec(specifier)?.[1];

/** The text of files for new projects: what it imports is theirs to declare. */
/** What writes code for others to run, whose imports are theirs. */
const TEMPLATES = ["apps/cli/src/template/", "apps/console/src/pages/models/playground/client-code.ts"].map(
  (path) => join(ROOT, path),
);

/** Sources without tests, and the programs beside them that build or start the package. */
function programsOf(workspace: string): string[] {
  const beside = ["", "bin"].flatMap((folder) => {
    const path = join(ROOT, workspace, folder);
    return existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : [];
  });
  return [...sourcesOf(workspace), ...beside.filter((path) => /\.(mjs|ts)$/.test(path))].filter(
    (file) => !isTest(file) && !TEMPLATES.some((path) => file.startsWith(path)),
  );
}

/** What is not in a package's own list is there by luck: another one had it installed. */
function undeclaredImports(workspace: string): string[] {
  const { name, dependencies, optionalDependencies, peerDependencies, devDependencies } =
    manifestOf(workspace);
  // Measuring is part of development: nothing of it is ever installed without its tools.
  const tools = workspace === "bench" ? devDependencies : {};
  const all = { ...dependencies, ...optionalDependencies, ...peerDependencies, ...tools };
  const known = [name, ...Object.keys(all)];
  return programsOf(workspace).flatMap((file) =>
    importsOf(file)
      .map(packageOf)
      .filter((imported) => imported !== undefined && !isBuiltin(imported) && !known.includes(imported))
      .map((imported) => `${relative(ROOT, file)} imports ${imported}`),
  );
}

describe("every package", () => {
  it("imports only packages that the architecture puts below it", () => {
    expect(
      workspaces.flatMap((workspace) => sourcesOf(workspace).flatMap((file) => violations(workspace, file))),
    ).toEqual([]);
  });

  it("declares every package that it imports, so that it can be installed without the others", () => {
    expect(workspaces.flatMap(undeclaredImports)).toEqual([]);
  });

  it("declares only such packages as dependencies", () => {
    const declared = workspaces.flatMap((workspace) => {
      const { dependencies = {} } = manifestOf(workspace);
      const names = Object.keys(dependencies).filter((name) => name.startsWith("@patchbay/"));
      return names
        .filter((name) => !allowedFor(workspace).includes(name.replace("@patchbay/", "")))
        .map((name) => `${workspace} depends on ${name}`);
    });
    expect(declared).toEqual([]);
  });

  it("is in the table of what may be imported", () => {
    const unknown = workspaces.filter(
      (workspace) => !workspace.startsWith("plugins/") && !(workspace in MAY_IMPORT),
    );
    expect(unknown).toEqual([]);
  });
});

describe("the packages for authors", () => {
  interface Locked {
    readonly dev?: boolean;
    readonly devOptional?: boolean;
    readonly optional?: boolean;
  }
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };

  it("are built with what an installation without tools of development has, the types of others included", () => {
    const imported = ["packages/sdk", "packages/api-client", "packages/protocol"]
      .flatMap(sourcesOf)
      .filter((file) => !/\.test\.tsx?$/.test(file))
      .flatMap((file) => importsOf(file).map(packageOf))
      .filter((name) => name !== undefined);
    const needed = ["typescript", "esbuild", "node", ...imported].flatMap((name) => [name, `@types/${name}`]);
    const missing = [...new Set(needed)].filter((name) => {
      const found = packages[`node_modules/${name}`];
      return found !== undefined && (found.dev || found.devOptional || found.optional);
    });
    expect(missing).toEqual([]);
  });
});

describe("the domain", () => {
  it("imports no framework, no database and nothing of Node that does input or output", () => {
    const forbidden =
      /^(fastify|pg|kysely|undici|node:(fs|net|http|https|child_process|worker_threads|timers))/;
    const found = sourcesOf("packages/core").filter(
      (file) => !isTest(file) && importsOf(file).some((name) => forbidden.test(name)),
    );
    expect(found.map((file) => relative(ROOT, file))).toEqual([]);
  });
});

/**
 * The folders of a package from the ground up: each may import those before it. "." are the loose files of `src` but for the face
 * that others import; where a folder consists of folders, these are named.
 */
const FLOORS: Readonly<Record<string, { readonly face: RegExp; readonly folders: readonly string[] }>> = {
  "packages/core": {
    face: /^index\.ts$/,
    folders: [
      ...[".", "model", "ports", "access", "nodes"],
      ...[
        "plugins/trust",
        "plugins/dependencies",
        "plugins/settings",
        "plugins/metrics",
        "plugins/notifications",
      ],
      ...[
        "plugins/catalog",
        "plugins/plans",
        "plugins/sources",
        "plugins/installations",
        "plugins/advisories",
      ],
      ...["plugins/builtins", "plugins/lock", "plugins/bundles", "plugins/requests", "plugins/updates"],
      ...["people/organizations", "people/accounts", "registry/checks", "registry"],
      ...[
        "running/calls",
        "running/contributions",
        "running/conversations",
        "running/gate",
        "running/invocation",
        "running/content",
        "running/bridge",
        "running/plugin-tools",
        "running/schedules",
        "running/toolsets",
        "running/endpoints",
        "running/user-interface",
      ],
      ...["operations/activity", "operations/artifacts", "operations/backups", "operations"],
    ],
  },
  "packages/runtime": {
    face: /^index\.ts$/,
    folders: [
      ...[".", "transport", "connection", "calls", "host-calls"],
      ...["sandbox/files", "sandbox/namespaces", "sandbox", "instance", "supervision"],
    ],
  },
  "apps/server": {
    face: /^(?!)/,
    folders: [
      ...["metrics", "registry", "config", "single-sign-on", "sources", "artifacts", "process"],
      ...[
        "plugins-host",
        "http",
        "http/calls",
        "http/mcp",
        "http/outside",
        "http/openapi",
        "http/routes",
        "people",
        "restore",
        "modules",
        ".",
      ],
    ],
  },
  "apps/console": {
    face: /^main\.tsx$/,
    folders: [
      ...[".", "messages/en", "messages/de", "messages", "api", "session", "components", "theme"],
      ...[
        "components/schema-form",
        "components/permissions",
        "components/shared-draft",
        "components/calls",
        "components/try-tool",
      ],
      ...[
        "frames",
        "pages",
        "pages/panels",
        "pages/plugins",
        "pages/plugin",
        "pages/marketplace",
        "pages/tools",
        "pages/connect",
      ],
      ...["pages/requests", "pages/activity", "pages/people", "pages/settings"],
      ...["app/notifications", "app/palette", "app"],
    ],
  },
};

describe("every folder of the domain, the runtime, the server and the console", () => {
  it.each(Object.entries(FLOORS))("imports only what stands below it: %s", (workspace, { face, folders }) => {
    const root = join(ROOT, workspace, "src");
    /** The longest of the listed folders that a file is in; undefined for one that is in none. */
    const folderOf = (file: string): string | undefined => {
      const place = dirname(relative(root, file));
      const holding = folders.filter((folder) => place === folder || place.startsWith(`${folder}/`));
      return holding.toSorted((one, other) => other.length - one.length)[0];
    };
    const sources = sourcesOf(workspace).filter((file) => !isTest(file) && !face.test(relative(root, file)));
    const found = sources.flatMap((file) => {
      const folder = folderOf(file);
      if (folder === undefined) return [`${relative(ROOT, file)} is on no floor`];
      return importsOf(file)
        .filter((name) => name.startsWith("."))
        .map((name) => resolve(dirname(file), name))
        .filter((target) => folders.indexOf(folderOf(target) ?? "") > folders.indexOf(folder))
        .map((target) => `${relative(root, file)} imports ${relative(root, target)}`);
    });
    expect(found).toEqual([]);
  });
});

/** Files that look for one installation without hiding it, and why. */
const FIND_UNSEEN: Readonly<Record<string, string>> = {
  "plugins/installations/installation-context.ts": "the one find, which hides it",
  "plugins/installations/installation-directory.ts": "a cache: whoever calls hides what it finds",
  "plugins/installations/installer.ts": "asks whether it is visible, and else goes on as if there were none",
  "plugins/catalog/package-intake.ts": "refuses without saying that it is installed",
  "plugins/sources/sourcing.ts":
    "chooses versions; whoever asks has the installation, or is about to make it",
  "plugins/lock/locks.ts": "for those who see every plugin",
};

describe("checks of who may do what", () => {
  const files = sourcesOf("packages/core").filter((file) => !isTest(file));
  const textOf = (file: string): string => readFileSync(file, "utf8");
  const nameOf = (file: string): string => relative(join(ROOT, "packages/core/src"), file);

  it("cannot be switched off by leaving an argument out", () => {
    const optional =
      /\b(authority|by|caller|policy|principal|sight|viewer)\?:|= DEFAULT_(POLICY|RIGHTS)\b(?!;)/g;
    const found = files.flatMap((file) =>
      [...textOf(file).matchAll(optional)].map(([text]) => `${nameOf(file)} ${text}`),
    );
    expect(found).toEqual([]);
  });

  it("hide one installation in one place", () => {
    const found = files.filter((file) => /\binstallations\s*\.find\(/.test(textOf(file))).map(nameOf);
    expect(found.sort()).toEqual(Object.keys(FIND_UNSEEN).sort());
  });
});

describe("forms of the console", () => {
  it("take numbers by the one field that loses no digit and reads every language", () => {
    const found = sourcesOf("apps/console").filter((file) => {
      const text = readFileSync(file, "utf8");
      const borrowed = /import\s*\{[^}]*\bNumberInput\b[^}]*\}\s*from\s*"@mantine\/core"/;
      return borrowed.test(text) || /type="number"/.test(text);
    });
    expect(found.map((file) => relative(ROOT, file))).toEqual([]);
  });

  it("save what several people change with the revision that they have seen", () => {
    const saving =
      /\.(putSettings|resetSettings|putGrants|putScope|putRules|putPrices|budgets\.change|toolsets\.change|endpoints\.change|memory\.change|policy\.put)\(([^()]|\([^()]*\))*\)/g;
    const found = sourcesOf("apps/console").flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(saving)]
        // Nobody can have changed what was installed just now.
        .filter(([call]) => !/\b(?:seen|revision)\b/.test(call) && !file.endsWith("install/use-install.ts"))
        .map(([call]) => `${relative(ROOT, file)} ${call}`),
    );
    expect(found).toEqual([]);
  });
});

describe("JSON pointers", () => {
  it("are written and taken apart in one place", () => {
    const found = workspaces
      .flatMap(sourcesOf)
      .filter((file) => !isTest(file) && /replaceAll\("~[01]?"/.test(readFileSync(file, "utf8")));
    expect(found.map((file) => relative(ROOT, file))).toEqual(["packages/protocol/src/json.ts"]);
  });
});

describe("objects", () => {
  /** A table of numbers by name; a symbol that a type of a library does not know. */
  const MAY_SPREAD_A_LITERAL = [
    "apps/server/src/http/openapi/openapi.ts",
    "packages/runtime/src/sandbox/namespaces/system-calls.ts",
  ];

  it("are written out, and not spread to save a line", () => {
    const found = workspaces
      .flatMap(sourcesOf)
      .filter((file) => /\.\.\.\{ ?[\w[]/.test(readFileSync(file, "utf8")))
      .map((file) => relative(ROOT, file));
    expect(found.sort()).toEqual(MAY_SPREAD_A_LITERAL);
  });
});

const testsOf = (folders: readonly string[]): string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter(
        ({ name, parentPath }) =>
          /\.(test|contract)\.tsx?$/.test(name) && !/node_modules|\/dist/.test(parentPath),
      )
      .map(({ name, parentPath }) => join(parentPath, name)),
  );

/** The promises that a test begins, and whose refusal it expects after it has waited for something else. */
const waitsBeforeRefusal = (code: string): string[] =>
  [...code.matchAll(/\bexpect\((\w+)\)\s*\.rejects\b[^;]*;/g)].flatMap((expected) => {
    const [statement, name = ""] = expected;
    const begun = [
      ...code.slice(0, expected.index).matchAll(new RegExp(`\\bconst ${name} = ([^;]*);`, "g")),
    ].at(-1);
    // What is waited for at once, and what is called later, is no promise that waits.
    if (begun === undefined || /^(?:await|async|\(|\w+ =>)|\bcatch\(/.test(begun[1] ?? "")) return [];
    const between = code.slice(begun.index + begun[0].length, expected.index).split(";");
    const before = between.slice(
      0,
      between.findIndex((one) => new RegExp(`\\b${name}\\b`).test(one)) + 1 || -1,
    );
    const hasWaited = before.slice(0, -1).some((one) => /\bawait\b/.test(one));
    const waitsInside = before.length === 0 && /\bawait\b/.test(statement);
    return hasWaited || waitsInside ? [name] : [];
  });

describe("tests that leave something to chance", () => {
  it("can be repeated: their numbers come from a seed that a failure names", () => {
    const found = testsOf(["test", "packages", "apps", "plugins"])
      .filter((file) => file !== import.meta.filename && /\bMath\.random\b/.test(readFileSync(file, "utf8")))
      .map((file) => relative(ROOT, file));
    expect(found).toEqual([]);
  });
});

describe("tests of refusals", () => {
  it("ask one after the other, since what is refused while another is waited for is nobody's", () => {
    const begunTogether =
      /for \(const (\w+) of \[[^\]]*\]\)\s*(?:\{\s*)?[^;]*?\b(?:expect|codeOf)\(\1\)\.?(?:rejects|\)\.)/;
    const tests = ["test", "test/domain", "test/browser"].flatMap((folder) =>
      readdirSync(join(ROOT, folder))
        .filter((name) => name.endsWith(".test.ts"))
        .map((name) => join(folder, name)),
    );
    const found = tests.filter((name) => begunTogether.test(readFileSync(join(ROOT, name), "utf8")));
    expect(found).toEqual([]);
  });

  it("wait for nothing between what is refused and the expectation of it", () => {
    const files = testsOf(["test", "packages", "apps", "plugins"]);
    expect(files.length).toBeGreaterThan(200);
    const found = files.flatMap((file) =>
      waitsBeforeRefusal(readFileSync(file, "utf8")).map((name) => `${relative(ROOT, file)}: ${name}`),
    );
    expect(found).toEqual([]);
  });
});

describe("pools of connections", () => {
  it("hear of connections that are lost, which ends the process otherwise", () => {
    const found = ["test", "packages", "apps"].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter(({ name, parentPath }) => name.endsWith(".ts") && !/node_modules|\/dist/.test(parentPath))
        .map(({ name, parentPath }) => join(parentPath, name))
        .filter((file) => {
          const code = readFileSync(file, "utf8");
          return /= new pg\.Pool\(/.test(code) && !/\.on\("error"/.test(code);
        }),
    );
    expect(found).toEqual([]);
  });
});

describe("files that are written as a stream", () => {
  it("are opened before, since one that is opened meanwhile comes into being after its writing has failed", () => {
    const written = workspaces.flatMap(sourcesOf);
    const found = written.filter((file) =>
      /\{[^}]*\bcreateWriteStream\b[^}]*\} from "node:fs"/.test(readFileSync(file, "utf8")),
    );
    expect(found.map((file) => relative(ROOT, file))).toEqual([]);
  });
});

describe("tests in the browser", () => {
  it("wait for the address that they expect", () => {
    const folder = join(ROOT, "test/browser");
    const found = readdirSync(folder)
      .filter((name) => name.endsWith(".test.ts"))
      .filter((name) =>
        /expect\((new URL\()?page\.url\(\)\)?(\.\w+)*\)/.test(readFileSync(join(folder, name), "utf8")),
      );
    expect(found).toEqual([]);
  });
});

describe("clicks in the browser", () => {
  it("are never forced, since they would land on whatever covers the place: a switch is pressed by its key", () => {
    const folder = join(ROOT, "test/browser");
    const found = readdirSync(folder).filter(
      (name) =>
        name.endsWith(".test.ts") && /\.click\(\{ force/.test(readFileSync(join(folder, name), "utf8")),
    );
    expect(found).toEqual([]);
  });
});

describe("requests to other servers", () => {
  const SERVER_SIDE = [
    "apps/server",
    "packages/artifact",
    "packages/core",
    "packages/models",
    "packages/protocol",
    "packages/runtime",
    "packages/storage-postgres",
    "packages/storage-objects",
  ];
  /** Only for the agents that its library is handed. */
  const MAY_NAME_HTTP =
    /^packages\/storage-objects\/src\/s3-bucket\.ts$|^apps\/server\/src\/(http\/|app\.ts$)/;

  it("leave the server by the egress alone", () => {
    const found = SERVER_SIDE.flatMap(sourcesOf).filter((file) => {
      if (isTest(file)) return false;
      const isClient = importsOf(file).some((name) => /^(undici|node:(http2?|https))$/.test(name));
      const calls = /(?<![.#\w])fetch\(/.test(
        readFileSync(file, "utf8").replaceAll(/async fetch\(|^\s*fetch\(/gm, ""),
      );
      return (isClient || calls) && !MAY_NAME_HTTP.test(relative(ROOT, file));
    });
    expect(found.map((file) => relative(ROOT, file))).toEqual([]);
  });
});

describe("spans of time", () => {
  /** They compare with times that somebody else has written: of files, sessions, cookies, servers; or name a moment. */
  const MAY_READ_THE_CLOCK = [
    "packages/models/src/upstreams/retry-after.ts",
    "packages/storage-objects/src/local-artifact-store.ts",
    "packages/storage-postgres/src/embedded/lock.ts",
    "apps/server/src/config/data-folder.ts",
    "apps/server/src/http/authentication.ts",
    "apps/server/src/http/routes/single-sign-on.ts",
    "apps/server/src/sources/github-code-host.ts",
  ];

  it("are measured on a clock that nobody sets", () => {
    const found = workspaces
      .filter((workspace) => /^packages\/|server$/.test(workspace))
      .flatMap(sourcesOf)
      .filter((file) => !isTest(file) && !file.includes("/contract/"))
      .filter((file) => /Date\.now\b/.test(readFileSync(file, "utf8")))
      .map((file) => relative(ROOT, file));
    expect(found.sort()).toEqual(MAY_READ_THE_CLOCK.sort());
  });
});

describe("versions", () => {
  it("are read and compared in one place, which throws at none of them", () => {
    const found = workspaces
      .filter((workspace) => workspace !== "bench")
      .flatMap(sourcesOf)
      .filter((file) => !isTest(file) && importsOf(file).includes("semver"))
      .map((file) => relative(ROOT, file));
    expect(found).toEqual(["packages/protocol/src/versions.ts"]);
  });
});
