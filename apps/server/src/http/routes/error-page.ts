import { ERROR_CODES } from "@patchbay/protocol";
import type { App } from "../route.ts";

const STYLE = `:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
dt { margin-top: 1rem; font-weight: 600; }
dt:target { outline: 2px solid; outline-offset: 4px; }
dd { margin: 0; }`;

/** Where the `type` of a problem document leads: every code, what it means, and what to do about it. */
export const errorPage = (app: App): void => {
  const entries = Object.entries(ERROR_CODES).map(
    ([code, [status, meaning, remedy]]) =>
      `<dt id="${code}"><code>${code}</code> (${status})</dt><dd>${asText(meaning)}</dd><dd>${asText(remedy)}</dd>`,
  );
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Errors · Patchbay</title>
<link rel="stylesheet" href="errors/style.css">
<h1>Errors</h1>
<dl>
${entries.join("\n")}
</dl>
</html>
`;
  const options = { config: { public: true }, schema: { hide: true } } as const;
  app.get("/docs/errors", options, async (_request, reply) =>
    reply
      .header("content-security-policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'")
      .type("text/html; charset=utf-8")
      .send(page),
  );
  app.get("/docs/errors/style.css", options, async (_request, reply) =>
    reply.type("text/css; charset=utf-8").send(STYLE),
  );
};

const asText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
