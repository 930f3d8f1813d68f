import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type PostgresBinaries, postgresBinaries, runnableBinaries } from "./binaries.ts";

const SOMEBODY = { uid: 65531, gid: 65531 };
const isRoot = process.getuid?.() === 0;

describe("the PostgreSQL programs", () => {
  it("are used where npm put them when their user can run them there", () => {
    expect(runnableBinaries(postgresBinaries(), undefined)).toEqual(postgresBinaries());
  });

  it("are refused with an explanation when they do not run on this system", () => {
    const broken = { ...postgresBinaries(), postgres: "/nowhere/postgres" };
    expect(() => runnableBinaries(broken, undefined)).toThrow(/PATCHBAY_DATABASE_URL/);
  });
});

// Nobody else hands the programs to another user.
const describeForRoot = isRoot ? describe : () => undefined;

describeForRoot("the PostgreSQL programs below a folder that only root may enter", () => {
  let dir: string;
  let closed: PostgresBinaries;

  beforeEach(() => {
    dir = mkdtempSync("/tmp/patchbay-test-");
    const native = join(dir, "native");
    cpSync(dirname(dirname(postgresBinaries().postgres)), native, {
      recursive: true,
      verbatimSymlinks: true,
    });
    const bin = join(native, "bin");
    closed = { ...postgresBinaries(), initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
    rmSync(place, { recursive: true, force: true });
  });

  const place = join(tmpdir(), `patchbay-test-programs-${process.pid}`);

  it("are copied once to a place that their user may enter", () => {
    const copy = runnableBinaries(closed, SOMEBODY, [place]);
    expect(copy.postgres).toBe(join(place, `postgres-${closed.version}`, "bin", "postgres"));
    expect(runnableBinaries(closed, SOMEBODY, [place])).toEqual(copy);
  });

  it("are never taken from a folder that somebody else can write to", () => {
    const planted = join(place, `postgres-${closed.version}`);
    mkdirSync(planted, { recursive: true });
    chownSync(planted, SOMEBODY.uid, SOMEBODY.gid);
    expect(() => runnableBinaries(closed, SOMEBODY, [place])).toThrow(/someone else/);
  });
});
