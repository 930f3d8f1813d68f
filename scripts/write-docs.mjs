// Writes what is derived from the code: docs/errors.md and the SDK's plugin.schema.json. `--check` only compares.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ERROR_CODES, publicManifestSchema } from "@patchbay/protocol";

const ROOT = new URL("../", import.meta.url);

/** The page that explains every code, in the order of the list in packages/protocol/src/error-codes.ts. */
function errorsPage() {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, [status, meaning, remedy]]) =>
      `| <a id="${code}"></a>\`${code}\` | ${status} | ${meaning} | ${remedy} |`,
  );
  return `# Error codes

Every error that Patchbay answers with is a problem document (RFC 9457, \`application/problem+json\`) with one of these codes in
\`code\`. Codes are a contract: programs may decide by them. The sentence in \`detail\` says what happened and where; it may change.
Some codes come with facts beside it, such as \`missing\`, \`dependents\` or \`retryAfterSeconds\`, and with \`errors\`, a list of
JSON pointers with what is wrong there. The status is the usual one; where a route's own documentation says so, another comes with the same code.

| code | status | what it means | what to do |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}

const documents = {
  "docs/errors.md": errorsPage(),
  "packages/sdk/plugin.schema.json": `${JSON.stringify(publicManifestSchema(), null, 2)}\n`,
};

const isCheck = process.argv.includes("--check");
for (const [path, text] of Object.entries(documents)) {
  const file = fileURLToPath(new URL(path, ROOT));
  if (!isCheck) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) {
    console.error(`${path} does not match the code. Run: node scripts/write-docs.mjs`);
    process.exitCode = 1;
  }
}
