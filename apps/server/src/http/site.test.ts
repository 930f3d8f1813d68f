import type { FastifyRequest } from "fastify";
import { expect, it } from "vitest";
import { Site } from "./site.ts";

const asked = (host: string): FastifyRequest =>
  ({ protocol: "http", host, hostname: host.replace(/(?<!:):\w*(?:@.*)?$/, "") }) as FastifyRequest;

it.each([
  ["localhost:8080", "http://localhost:8080"],
  ["127.0.0.1", "http://127.0.0.1"],
  ["[::1]:4700", "http://[::1]:4700"],
  ["localhost:x@evil.example", "http://127.0.0.1:4700"],
  ["localhost:abc", "http://127.0.0.1:4700"],
  ["evil.example", "http://127.0.0.1:4700"],
])("believes of the host in a request only that it is this machine: %s", (host, origin) => {
  const site = new Site(null);
  site.listensAt("http://127.0.0.1:4700");
  expect(site.originOf(asked(host))).toBe(origin);
});
