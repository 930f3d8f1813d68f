import { error, type PackageCheck, type Remark, review } from "./check.ts";
import { MAX_FINDINGS_PER_CHECK, MAX_SCANNED_BYTES } from "./limits.ts";

/** What tells a binary file: text has no NUL. */
const LOOKED_AT_FOR_NUL_BYTES = 8_000;

/** Forms that nothing else has. Every repetition is bounded: the text may be made to slow this down. */
const RULES: readonly (readonly [what: string, form: RegExp])[] = [
  [
    "a private key",
    /-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?-----\s{0,4}[A-Za-z0-9+/=\\rn:, -]{20}/g,
  ],
  ["an access key of AWS", /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g],
  ["a token of GitHub", /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,90})\b/g],
  ["a token of GitLab", /\bglpat-[A-Za-z0-9_-]{20}\b/g],
  ["a token of Slack", /\bxox[abpors]-[A-Za-z0-9]{1,20}-[A-Za-z0-9-]{10,120}/g],
  [
    "a webhook of Slack",
    /\bhooks\.slack\.com\/services\/T[A-Z0-9]{6,14}\/B[A-Z0-9]{6,14}\/[A-Za-z0-9]{20,30}/g,
  ],
  ["a key of Stripe", /\b[sr]k_live_[A-Za-z0-9]{20,120}\b/g],
  ["a key of Google", /\bAIza[A-Za-z0-9_-]{35}\b/g],
  ["a token of npm", /\bnpm_[A-Za-z0-9]{36}\b/g],
  ["a key of OpenAI or Anthropic", /\bsk-(?:proj-|ant-)[A-Za-z0-9_-]{32,200}/g],
  ["a key or token of Patchbay", /\b(?:pb|pbp)_[A-Za-z0-9_-]{43}\b/g],
];
const SECRET_FILES =
  /(^|\/)(\.env(\.(?!example$|sample$|template$)[^/]*)?|\.npmrc|\.netrc|id_(rsa|ed25519|ecdsa)|[^/]+\.(p12|pfx|jks))$/i;

/** What was packed by mistake and is for nobody's eyes. Findings say where, never what. */
export const secrets: PackageCheck = {
  name: "secrets",
  run: async ({ packageFile }) => {
    const remarks: Remark[] = [];
    let left = MAX_SCANNED_BYTES;
    for (const { path, size } of packageFile.entries) {
      if (remarks.length >= MAX_FINDINGS_PER_CHECK) break;
      if (SECRET_FILES.test(path))
        remarks.push(error("A file that holds secrets was packed.", { file: path }));
      if (size > left) {
        remarks.push(review("There is more text than can be looked through for secrets.", { file: path }));
        break;
      }
      const content = await packageFile.readEntry(path);
      if (content.subarray(0, LOOKED_AT_FOR_NUL_BYTES).includes(0)) continue;
      left -= size;
      remarks.push(...secretsIn(path, content.toString("utf8")));
    }
    return remarks;
  },
};

const secretsIn = (file: string, text: string): Remark[] =>
  RULES.flatMap(([what, form]) => {
    const places = [...text.matchAll(form)].slice(0, MAX_FINDINGS_PER_CHECK);
    return places.map(({ index }) =>
      error(`There is ${what} inside. Withdraw it where it is from, and take it out.`, {
        file,
        line: lineOf(text, index),
      }),
    );
  });

const lineOf = (text: string, index: number): number => {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < index; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
};
