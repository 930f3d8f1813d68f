import { afterEach, describe, expect, test } from "vitest";
import type { Transport } from "./transport.ts";

/** What is at the other end: sends back whatever it reads. */
export interface Echo {
  readonly transport: Transport;
  /** Resolves when the other end is gone. */
  readonly ended: Promise<unknown>;
  /** Has the other end read nothing until the function that comes back is called. */
  hold(): () => void;
}

const MiB = 1024 * 1024;

export const describeTransport = (name: string, open: () => Promise<Echo>): void => {
  describe(`a transport: ${name}`, () => {
    const opened: Echo[] = [];
    const openEcho = async (): Promise<Echo> => {
      const echo = await open();
      opened.push(echo);
      return echo;
    };
    afterEach(async () => {
      for (const { transport, ended } of opened.splice(0)) {
        transport.kill();
        await ended;
      }
    });

    test("carries all bytes there and back in their order", async () => {
      const { transport } = await openEcho();
      const received: Uint8Array[] = [];
      transport.listen({
        data: (chunk) => void received.push(Uint8Array.from(chunk)),
        drained: () => undefined,
      });
      const pieces = [[1], [2, 3], [], [4]].map((bytes) => Uint8Array.from(bytes));
      transport.send(pieces);
      transport.send([Uint8Array.from([5]), new Uint8Array(3 * MiB).fill(6)]);
      await expect.poll(() => received.reduce((sum, { length }) => sum + length, 0)).toBe(3 * MiB + 5);
      const all = Buffer.concat(received);
      expect([...all.subarray(0, 5)]).toEqual([1, 2, 3, 4, 5]);
      expect(all.subarray(5).every((byte) => byte === 6)).toBe(true);
    });

    test("reads nothing while what it read is still being handled", async () => {
      const { transport } = await openEcho();
      const handling = Promise.withResolvers<void>();
      let chunks = 0;
      transport.listen({
        data: () => {
          chunks++;
          return chunks === 1 ? handling.promise : undefined;
        },
        drained: () => undefined,
      });
      transport.send([new Uint8Array(MiB)]);
      await expect.poll(() => chunks).toBe(1);
      transport.send([new Uint8Array(MiB)]);
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(chunks).toBe(1);
      handling.resolve();
      await expect.poll(() => chunks).toBeGreaterThan(1);
    });

    test("tells how many bytes wait, and when fewer do", async () => {
      const echo = await openEcho();
      const { transport } = echo;
      let drained = 0;
      transport.listen({ data: () => undefined, drained: () => drained++ });
      const readOn = echo.hold();
      transport.send(Array.from({ length: 8 }, () => new Uint8Array(MiB)));
      await expect.poll(() => transport.queuedBytes).toBeGreaterThan(MiB);
      readOn();
      await expect.poll(() => transport.queuedBytes).toBe(0);
      await expect.poll(() => drained).toBeGreaterThan(0);
    });

    test("that is killed ends the other end, tells whoever waits, and drops what is sent", async () => {
      const echo = await openEcho();
      const { transport } = echo;
      let drained = 0;
      transport.listen({ data: () => undefined, drained: () => drained++ });
      echo.hold();
      transport.send(Array.from({ length: 8 }, () => new Uint8Array(MiB)));
      transport.kill();
      await echo.ended;
      await expect.poll(() => transport.queuedBytes).toBe(0);
      await expect.poll(() => drained).toBeGreaterThan(0);
      transport.send([new Uint8Array(8)]);
      expect(transport.queuedBytes).toBe(0);
      transport.kill();
    });
  });
};
