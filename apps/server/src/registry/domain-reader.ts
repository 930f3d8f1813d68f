import { Resolver } from "node:dns/promises";
import type { DomainReader, Egress } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { DOMAIN_DEADLINE_MS, MAX_PROOF_BYTES } from "./limits.ts";

const NOTHING_THERE = new Set(["ENODATA", "ENOTFOUND"]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const NO_SECRETS = { pattern: /(?!)/g, reveal: (placeholder: string) => placeholder };

/** Asks name servers and web servers; the latter by the way on which private addresses are refused. */
export const createDomainReader = (egress: Egress, nameServers: readonly string[] = []): DomainReader => {
  const resolver = new Resolver({ timeout: DOMAIN_DEADLINE_MS / 2, tries: 2 });
  if (nameServers.length > 0) resolver.setServers(nameServers);
  return {
    txt: async (name) => {
      try {
        return (await resolver.resolveTxt(name)).map((parts) => parts.join(""));
      } catch (error) {
        if (error instanceof Error && "code" in error && NOTHING_THERE.has(String(error.code))) return [];
        throw failed(`The name servers do not tell the TXT records of ${name}`, error);
      }
    },
    text: async (url) => {
      try {
        return await readText(egress, url);
      } catch (error) {
        throw failed(`${url.href} cannot be read`, error);
      }
    },
  };
};

const readText = async (egress: Egress, url: URL): Promise<string> => {
  const signal = AbortSignal.timeout(DOMAIN_DEADLINE_MS);
  const request = {
    url: url.href,
    method: "GET",
    headers: [] as [string, string][],
    body: null,
    signal,
    redirect: "manual" as const,
  };
  const { head, body } = await egress.fetch(request, {
    owner: "registry",
    check: () => undefined,
    secrets: NO_SECRETS,
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    if (head.status !== 200) break;
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_PROOF_BYTES) throw new Error(`it is longer than ${MAX_PROOF_BYTES / 1024} KiB`);
  }
  if (REDIRECTS.has(head.status)) throw new Error("it redirects, and redirects are not followed");
  if (head.status !== 200) throw new Error(`the answer was ${head.status}`);
  return Buffer.concat(chunks).toString("utf8");
};

const failed = (what: string, cause: unknown) =>
  new PatchbayError("proof_failed", `${what}: ${reasonOf(cause).replace(/\.$/, "")}.`, { cause });

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
