import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const SECONDS = 4;

export interface Load {
  readonly perSecond: number;
  readonly meanMs: number;
}

/** Posts the same body again and again for some seconds, by wrk. Throws when one of them was refused. */
export const benchLoad = async (
  { url, authorization, body }: { url: string; authorization: string; body: string },
  connections: number,
): Promise<Load> => {
  const script = join(import.meta.dirname, "wrk-post.lua");
  const options = ["-t1", `-c${connections}`, `-d${SECONDS}s`, "-s", script, url];
  const { stdout } = await promisify(execFile)("wrk", options, {
    env: { ...process.env, BENCH_BODY: body, BENCH_AUTHORIZATION: authorization },
  });
  const { perSecond, meanMs, failed } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Load & {
    failed: number;
  };
  if (failed > 0) throw new Error(`${failed} refusals or errors at ${url}.`);
  return { perSecond, meanMs };
};
