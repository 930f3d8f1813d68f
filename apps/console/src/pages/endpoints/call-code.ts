import type { EndpointDto } from "@patchbay/protocol";
import { quoted } from "../../components/try-tool/tool-code.ts";

/** What stands for the secret in code, which nobody is shown again. */
const KEY = "pbe_…";
/** What makes signatures as Standard Webhooks has it. */
const LIBRARY = "standardwebhooks";

const methodOf = ({ methods }: EndpointDto): string => methods.find((method) => method !== "HEAD") ?? "GET";
const hasBody = (method: string): boolean => method !== "GET" && method !== "DELETE" && method !== "OPTIONS";

/** The address with a path that the endpoint answers at. */
const targetOf = ({ url, path = "/*" }: EndpointDto): string =>
  `${url}${path === "/" ? "" : path.replace(/\/\*$/, "").replaceAll(/\{(\w+)\}/g, "$1")}`;

/** Signed messages are made by a library: what it is called stands in their place. */
const headersOf = ({ authentication }: EndpointDto, method: string): readonly string[] => [
  ...(hasBody(method) ? ["content-type: application/json"] : []),
  ...(authentication === "key" ? [`authorization: Bearer ${KEY}`] : []),
  ...(authentication === "signature"
    ? ["webhook-id: msg_1", "webhook-timestamp: $(date +%s)", "webhook-signature: v1,…"]
    : []),
];

export const curlOf = (endpoint: EndpointDto): string => {
  const method = methodOf(endpoint);
  return [
    `curl -X ${method} ${quoted(targetOf(endpoint))}`,
    ...headersOf(endpoint, method).map((header) => `  -H "${header}"`),
    ...(hasBody(method) ? [`  --data '{"hello":"world"}'`] : []),
  ].join(" \\\n");
};

export const fetchOf = (endpoint: EndpointDto): string => {
  const method = methodOf(endpoint);
  const target = JSON.stringify(targetOf(endpoint));
  if (endpoint.authentication === "signature")
    return [
      `import { Webhook } from "${LIBRARY}";`,
      "",
      `const body = JSON.stringify({ hello: "world" });`,
      `const at = new Date();`,
      `const signature = new Webhook(process.env.SECRET).sign("msg_1", at, body);`,
      `const response = await fetch(${target}, {`,
      `  method: "${method}",`,
      `  body,`,
      `  headers: {`,
      `    "webhook-id": "msg_1",`,
      `    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),`,
      `    "webhook-signature": signature,`,
      `  },`,
      `});`,
    ].join("\n");
  const headers = headersOf(endpoint, method).map((header) => {
    const [name = "", value = ""] = header.split(": ");
    return `    "${name}": "${value}",`;
  });
  return [
    `const response = await fetch(${target}, {`,
    `  method: "${method}",`,
    ...(headers.length > 0 ? ["  headers: {", ...headers, "  },"] : []),
    ...(hasBody(method) ? [`  body: JSON.stringify({ hello: "world" }),`] : []),
    "});",
  ].join("\n");
};
