import { type AddressInfo, createServer } from "node:net";

/** A port of loopback that nobody has at the moment, for peers that cannot say which one they took. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};
