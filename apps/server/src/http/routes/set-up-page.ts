import type { App } from "../route.ts";

/** The page behind the one-time link, for the first administrator. Plain, so that it works before anything else does. */
const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Set up Patchbay</title>
<link rel="stylesheet" href="/setup/style.css">
<main>
<h1>Set up Patchbay</h1>
<p>Make the account of the first administrator. It owns the organization “Default”.</p>
<form>
<label>Name <input name="name" required maxlength="100" autocomplete="name"></label>
<label>E-mail address <input name="email" type="email" required autocomplete="email"></label>
<label>Password <input name="password" type="password" required minlength="8" autocomplete="new-password"></label>
<button>Create the account</button>
<p role="status"></p>
</form>
</main>
<script src="/setup/script.js"></script>
</html>
`;
const STYLE = `:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
main { max-width: 26rem; margin: 4rem auto; padding: 0 1rem; }
label { display: block; margin: 0 0 12px; }
input { display: block; width: 100%; box-sizing: border-box; padding: 8px; font: inherit; }
button { padding: 8px 16px; font: inherit; }
`;
const SCRIPT = `"use strict";
const form = document.querySelector("form");
const status = document.querySelector("[role=status]");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const person = Object.fromEntries(new FormData(form));
  const response = await fetch("/api/auth/set-up", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: location.hash.slice(1), ...person }),
  });
  const answer = await response.json();
  if (!response.ok) {
    status.textContent = answer.detail;
    return;
  }
  status.textContent = "Done. You are signed in; the HTTP API is described at /docs.";
  form.querySelector("button").disabled = true;
});
`;
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Serves the set-up page. The token stays in the address's fragment, which browsers do not send. */
export const setUpPage = (app: App): void => {
  app.get("/", { config: { public: true }, schema: { hide: true } }, async (_request, reply) =>
    reply.redirect("/docs"),
  );
  const parts = {
    "/setup": ["text/html", PAGE],
    "/setup/style.css": ["text/css", STYLE],
    "/setup/script.js": ["text/javascript", SCRIPT],
  } as const;
  for (const [path, [type, content]] of Object.entries(parts)) {
    app.get(path, { config: { public: true }, schema: { hide: true } }, async (_request, reply) =>
      reply.header("content-security-policy", POLICY).type(`${type}; charset=utf-8`).send(content),
    );
  }
};
