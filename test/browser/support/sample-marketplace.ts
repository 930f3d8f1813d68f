import { generateKeyPairSync } from "node:crypto";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { ICON } from "./sample-plugins.ts";

const code = (tool: string, answer: string): string =>
  `export default { tools: { ${tool}: { description: "The tool ${tool}.", run: () => ${JSON.stringify(answer)} } } };`;

const MAPS = {
  name: "Maps",
  description: "Draws maps of any place, with layers of one's own.",
  author: { name: "Acme" },
  category: "integration",
  keywords: ["maps", "places"],
  license: "MIT",
  icon: "icon.svg",
  dependencies: { "acme.tiles": "^1.0.0" },
  permissions: {
    required: [
      { name: "net.fetch", hosts: ["tiles.acme.example"], methods: ["GET"], reason: "Reads tiles." },
    ],
    optional: [{ name: "storage.scoped", reason: "Keeps tiles." }],
  },
};
/**
 * A registry with maps (which need tiles; one version withdrawn, one with an advisory), a clock of a partner, notes that are
 * deprecated in favour of pages, and `more` pages beside them.
 */
export const startSampleMarketplace = async (more = 0): Promise<TestRegistry> => {
  const registry = await startRegistry();
  const { client } = registry;
  const maps = (version: string) =>
    registry.publish({
      id: "acme.maps",
      version,
      tools: ["where"],
      manifest: MAPS,
      code: code("where", "right here"),
      files: {
        "icon.svg": ICON,
        "README.md": "# Maps of everything\n\nAsk **where** something is.",
        "CHANGELOG.md": `# Changes\n\n## ${version}\n\n- Finds more places.`,
      },
    });
  await registry.publish({
    id: "acme.tiles",
    tools: ["tile"],
    code: code("tile", "a tile"),
    manifest: { name: "Tiles", description: "Pieces of maps.", category: "data" },
  });
  for (const version of ["1.0.0", "1.1.0", "1.2.0"]) await maps(version);
  await client.registry.yank("acme.maps", "1.2.0", "Draws the sea green.");
  await client.registry.putAdvisory({
    id: "PB-2026-0001",
    modified: "2026-01-02T00:00:00Z",
    aliases: ["CVE-2026-1234"],
    summary: "Maps show places to strangers",
    details: "Whoever asks **is told**.",
    severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N" }],
    affected: [
      {
        package: { ecosystem: "Patchbay", name: "acme.maps" },
        ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.1.0" }] }],
      },
    ],
    references: [{ type: "ADVISORY", url: "https://acme.example/advisories/1" }],
  });
  await registry.publish({
    id: "beta.clock",
    tools: ["now"],
    code: code("now", "noon"),
    manifest: { name: "World clock", description: "What time it is elsewhere.", category: "utility" },
  });
  await client.registry.setBadge("beta.clock", { badge: "partner" });
  for (const [id, name] of [
    ["zeta.notes", "Notes"],
    ["zeta.pages", "Pages"],
  ] as const)
    await registry.publish({
      id,
      tools: ["write"],
      code: code("write", "written"),
      manifest: { name, description: "Keeps what one writes.", category: "data" },
    });
  const deprecation = { message: "Pages do all that notes did.", successor: "zeta.pages" };
  await client.registry.deprecate("zeta.notes", deprecation);
  const sample = (n: number) =>
    registry.publish({
      id: `omega.sample-${n}`,
      tools: ["say"],
      code: code("say", String(n)),
      manifest: { name: `Sample ${n}`, description: "One of many.", category: "ui" },
    });
  // The first makes their publisher.
  if (more > 0) await sample(more);
  await Promise.all(Array.from({ length: Math.max(0, more - 1) }, (_, index) => sample(index + 1)));
  await prove(registry);
  return registry;
};

const prove = async ({ client }: TestRegistry): Promise<void> => {
  await client.registry.prove("acme", { kind: "operator" });
  const keyOf = () =>
    generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "der" }).toString("base64");
  const old = await client.registry.addKey("acme", { publicKey: keyOf() });
  await client.registry.revokeKey("acme", old.keyId, { reason: "compromised" });
};
