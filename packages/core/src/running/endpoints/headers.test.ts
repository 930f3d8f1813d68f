import { describe, expect, it } from "vitest";
import { maskedHeaders, maskedQuery, unmaskedQuery } from "../calls/masked-request.ts";
import { headersForPlugin, mayAnswerWith } from "./headers.ts";

describe("Headers of a request", () => {
  it("reach the plugin without what is for this server or the connection", () => {
    const headers = [
      ["authorization", "Bearer pb_x"],
      ["cookie", "patchbay_session=x"],
      ["x-api-key", "pb_x"],
      ["connection", "close, X-Hop"],
      ["x-hop", "1"],
      ["x-forwarded-for", "1.2.3.4"],
      ["x-patchbay-anything", "1"],
      ["x-goog-iap-jwt-assertion", "x"],
      ["x-goog-authenticated-user-email", "x"],
      ["x-auth-request-access-token", "x"],
      ["x-ms-client-principal", "x"],
      ["x-ms-client-principal-name", "x"],
      ["x-ms-token-aad-id-token", "x"],
      ["remote-user", "x"],
      ["x-remote-user", "x"],
      ["true-client-ip", "1.2.3.4"],
      ["x-github-event", "push"],
      ["webhook-signature", "v1,x"],
      ["accept", "*/*"],
    ] as const;
    expect(headersForPlugin(headers).map(([name]) => name)).toEqual([
      "x-github-event",
      "webhook-signature",
      "accept",
    ]);
  });

  it("are written down without secrets, as the query is", () => {
    const headers = [
      ["X-Gitlab-Token", "t"],
      ["webhook-signature", "s"],
      ["x-hub-signature-256", "s"],
      ["accept", "a"],
    ] as const;
    expect(maskedHeaders(headers).map(([, value]) => value)).toEqual(["•••", "•••", "•••", "a"]);
    expect(maskedQuery("?jwt=x&SAMLassertion=x")).toBe("?jwt=•••&SAMLassertion=•••");
    expect(maskedQuery("?a=1&api_key=x&to%6ben=y&b")).toBe("?a=1&api_key=•••&to%6ben=•••&b");
    expect(maskedQuery("")).toBe("");
    expect(maskedQuery("?%zz=1")).toBe("?%zz=1");
    expect(unmaskedQuery("?a=1&api_key=•••&to%6ben=•••&b")).toBe("?a=1&b");
    expect(unmaskedQuery("?key=•••")).toBe("");
    expect(unmaskedQuery("?a&&b=")).toBe("?a&&b=");
  });
});

describe("Headers of an answer", () => {
  it.each(["content-type", "etag", "location", "retry-after", "link", "x-custom", "x-ratelimit-limit"])(
    "may be %s",
    (name) => expect(mayAnswerWith(name)).toBe(true),
  );

  it.each([
    ...["set-cookie", "set-cookie2", "clear-site-data", "service-worker-allowed", "refresh", "alt-svc"],
    ...[
      "content-security-policy",
      "strict-transport-security",
      "x-frame-options",
      "access-control-allow-origin",
    ],
    ...[
      "x-accel-redirect",
      "x-sendfile",
      "x-lighttpd-send-file",
      "transfer-encoding",
      "connection",
      "upgrade",
    ],
    ...[
      "content-length",
      "www-authenticate",
      "report-to",
      "nel",
      "speculation-rules",
      "sourcemap",
      "x-sourcemap",
    ],
    ...[
      "permissions-policy",
      "cross-origin-opener-policy",
      "origin-agent-cluster",
      "set-login",
      "x-request-id",
      "x-robots-tag",
    ],
  ])("are never %s", (name) => expect(mayAnswerWith(name)).toBe(false));
});
