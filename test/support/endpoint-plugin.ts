import type { Api } from "./api.ts";
import { makePackage } from "./packages.ts";

export const ENDPOINT_PLUGIN = "acme.hooks";

/** Answers requests from outside in every way that there is, good ones and bad ones. */
const CODE = `const told = async (request) => ({
  method: request.method, url: request.url, path: request.path, params: request.params,
  query: Object.fromEntries(request.query), headers: Object.fromEntries(request.headers),
  messageId: request.messageId, text: await request.text(),
});
let failing = 0;
export default {
  tools: {
    failNext: { description: "Fails.", run: ({ times }) => { failing = times; return null; } },
    seen: { description: "Seen.", run: async (_, { api }) => (await api.storage.get("seen")) ?? [] },
    plain: { description: "A tool to compare with.", run: () => ({ ok: true }) },
  },
  endpoints: {
    orders: { async handle(request, { project }) {
      return Response.json({ ...(await told(request)), project }, { headers: { "x-shop": "yes" } });
    } },
    echo: { handle: (request) => ({ headers: { "content-type": "application/octet-stream" }, body: request.body }) },
    sink: { async handle(request) {
      let bytes = 0;
      for await (const chunk of request.body) bytes += chunk.length;
      return Response.json({ bytes });
    } },
    source: { handle(request) {
      let left = Number(request.query.get("bytes"));
      const piece = new Uint8Array(256 * 1024).fill(7);
      return new Response(new ReadableStream({ pull(controller) {
        const chunk = left >= piece.length ? piece : piece.subarray(0, left);
        left -= chunk.length;
        if (chunk.length > 0) controller.enqueue(chunk);
        if (left === 0) controller.close();
      } }));
    } },
    small: { handle: () => new Response("ok") },
    ticking: { handle: ({ }, { signal }) => new Response(new ReadableStream({ async pull(controller) {
      await new Promise((done) => setTimeout(done, 100));
      if (signal.aborted) controller.error(signal.reason);
      else controller.enqueue(new TextEncoder().encode("tick "));
    } })) },
    private: { handle: () => new Response("for you", { headers: { "cache-control": "public, max-age=60" } }) },
    odd: { async handle(request) {
      switch (request.query.get("as")) {
        case "throw": throw new Error("The password is swordfish.");
        case "nothing": return undefined;
        case "status": return { status: 101 };
        case "slow": await new Promise(() => {}); return null;
        case "header": return { headers: [["x-a", "b"], ["location", "/a"], ["location", "/b"]], status: 302 };
        case "own": return new Response(null, { status: 302, headers: { location: "/api/me" } });
        case "up": return new Response(null, { status: 302, headers: { location: new URL("../../api/me", request.url).href } });
        case "script": return new Response(null, { status: 302, headers: { location: "javascript:alert(1)" } });
        case "below": return new Response(null, { status: 303, headers: { location: new URL("./x?y=1", request.url).href } });
        case "away": return Response.redirect("https://example.org/there");
        case "break": return new Response(new ReadableStream({
          start(controller) { controller.enqueue(new TextEncoder().encode("begun")); },
          async pull(controller) { await new Promise((done) => setTimeout(done, 50)); controller.error(new Error("broken")); },
        }));
        case "page": return new Response("<script>document.title = 'evil'</script><p>Shown</p>", { headers: {
          "content-type": "text/html", "set-cookie": "patchbay_session=stolen", "clear-site-data": '"*"',
          "content-security-policy": "script-src *", "x-frame-options": "ALLOWALL", "service-worker-allowed": "/",
          "x-accel-redirect": "/etc/passwd", "access-control-allow-origin": "*", refresh: "0;url=/api/me",
          "strict-transport-security": "max-age=0", "x-content-type-options": "none", "x-shop": "kept",
          "content-length": "3", "www-authenticate": "Basic", "cache-control": "max-age=60" } });
        default: return { status: 404, body: "nothing odd" };
      }
    } },
    keyed: { handle: async (request) => Response.json(await told(request)) },
    signed: { async handle(request, { api }) {
      if (failing-- > 0) return new Response("not now", { status: 500 });
      const seen = (await api.storage.get("seen")) ?? [];
      await api.storage.set("seen", [...seen, { id: request.messageId, body: await request.json() }]);
      return new Response(null, { status: 202 });
    } },
  },
};`;

const GET_AND_POST = ["GET", "POST"];
const ENDPOINTS = [
  {
    name: "orders",
    title: "Orders",
    description: "Takes orders.",
    methods: GET_AND_POST,
    path: "/orders/{id}",
    authentication: "none",
  },
  { name: "echo", methods: ["POST"], path: "/", authentication: "none" },
  { name: "sink", methods: ["POST"], authentication: "none" },
  { name: "source", methods: ["GET"], authentication: "none" },
  { name: "small", methods: GET_AND_POST, authentication: "none" },
  { name: "ticking", methods: ["GET"], authentication: "none" },
  { name: "private", methods: ["GET"], authentication: "key" },
  { name: "odd", methods: GET_AND_POST, authentication: "none" },
  { name: "keyed", methods: GET_AND_POST, authentication: "key" },
  { name: "signed", methods: ["POST"], authentication: "signature" },
];

/** Installs it, for the projects that are named, and enables it. */
export const installEndpointPlugin = async (
  api: Api,
  { projects }: { readonly projects?: readonly string[] } = {},
): Promise<void> => {
  const zip = await makePackage({
    id: ENDPOINT_PLUGIN,
    code: CODE,
    tools: ["failNext", "seen", "plain"],
    manifest: {
      permissions: { required: ["endpoints.serve", "storage.scoped"] },
      limits: { callSeconds: 5 },
      contributes: {
        tools: ["failNext", "seen", "plain"].map((name) => ({ name, description: `The tool ${name}.` })),
        endpoints: ENDPOINTS,
      },
    },
  });
  const answers = [
    await api.upload("/api/orgs/default/uploads", zip),
    await api.post("/api/orgs/default/plugins", {
      plugin: ENDPOINT_PLUGIN,
      grants: ["endpoints.serve", "storage.scoped"],
      ...(projects && { scope: { projects } }),
    }),
    await api.post(`/api/orgs/default/plugins/${ENDPOINT_PLUGIN}/enable`),
  ];
  for (const { status, body } of answers)
    if (status >= 300) throw new Error(`The plugin was not installed: ${JSON.stringify(body)}`);
};

export const ENDPOINTS_OF = "/api/orgs/default/endpoints";

export interface MadeAddress {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
}

/** Makes an address for one of its endpoints. */
export const makeAddress = async (api: Api, endpoint: string, more: object = {}): Promise<MadeAddress> => {
  const { status, body } = await api.post(ENDPOINTS_OF, { plugin: ENDPOINT_PLUGIN, endpoint, ...more });
  if (status !== 201) throw new Error(`No address was made: ${JSON.stringify(body)}`);
  return { id: body.endpoint.id, url: body.endpoint.url, secret: body.secret };
};
