const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * A page that goes on to `path` by itself. A redirect would not do: it would still count as the provider's request, with
 * which browsers do not send the session's cookie.
 */
export const landingPage = (path: string): string => {
  const target = path.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="0;url=${target}">
<title>Signed in</title>
<p>You are signed in. <a href="${target}">Continue</a></p>
</html>
`;
};
