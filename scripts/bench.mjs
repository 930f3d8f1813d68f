// `npm run bench`: installs what benchmarks need besides, builds what is stale, and runs them.
import { join } from "node:path";
import { buildStale } from "./build.mjs";
import { endWithChildren, onEnd, run } from "./lib/children.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { main, projectNode, projectPath, ROOT } from "./lib/project.mjs";

await main(async () => {
  onEnd(endWithChildren);
  await ensureInstalled({ withDev: true });
  await buildStale();
  return await run(projectNode(), [join(ROOT, "bench/src/main.ts"), ...process.argv.slice(2)], {
    cwd: ROOT,
    env: { ...process.env, PATH: projectPath() },
  });
});
