import type { FastifyRequest } from "fastify";
import { expect, it } from "vitest";
import { Site } from "../site.ts";
import { requireOwnSite } from "./own-site.ts";

const asked = (host: string, origin?: string): FastifyRequest =>
  ({
    headers: origin === undefined ? {} : { origin },
    host,
    hostname: host.replace(/:\d+$/, ""),
    protocol: "http",
  }) as unknown as FastifyRequest;

const local = new Site(null);
local.listensAt("http://127.0.0.1:4700");
const named = new Site(new URL("https://patchbay.example.org/tools"));
named.listensAt("http://127.0.0.1:4700");

it.each([
  [local, "127.0.0.1:4700", undefined],
  [local, "localhost:4700", "http://localhost:4700"],
  [local, "[::1]:4700", undefined],
  [local, "192.168.1.5:4700", undefined],
  [local, "patchbay:4700", undefined],
  [named, "patchbay.example.org", "https://patchbay.example.org"],
  [named, "127.0.0.1:4700", undefined],
])("takes what is for this server: %#, %s from %s", (site, host, origin) => {
  expect(() => requireOwnSite(asked(host, origin), site)).not.toThrow();
});

it.each([
  [local, "evil.example", undefined],
  [local, "127.0.0.1.evil.example:4700", undefined],
  [local, "localhost:4700", "http://evil.example"],
  [local, "localhost:4700", "null"],
  [local, "evil.example:4700", "http://evil.example:4700"],
  [named, "evil.example", undefined],
  [named, "patchbay.example.org", "http://patchbay.example.org"],
  [named, "patchbay.example.org", "https://evil.example"],
])("refuses what a page of another site had a browser send: %#, %s from %s", (site, host, origin) => {
  expect(() => requireOwnSite(asked(host, origin), site)).toThrow("does not take the request");
});
