import type { BundleBody, ImportedBundleDto } from "@patchbay/protocol";
import type { Transport } from "./transport.ts";

/** Packages with all that they need as one file. */
export class BundlesApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The bytes of a bundle: of all that is installed unless told. A stream that breaks off is no bundle. */
  async create(body: BundleBody = {}): Promise<ReadableStream<Uint8Array>> {
    const { body: bytes } = await this.#transport.send("POST", this.#path, { body });
    return bytes ?? new Blob([]).stream();
  }

  /**
   * Takes the packages into the catalog, all or none; with `trustKeys` the publishers' keys in it, too. `onSent` hears how many
   * bytes have left so far; only for Node.
   */
  import(
    bundle: Blob,
    { trustKeys, onSent }: { readonly trustKeys?: boolean; readonly onSent?: (bytes: number) => void } = {},
  ): Promise<ImportedBundleDto> {
    const body = new FormData();
    body.append("bundle", bundle, "bundle.tar");
    return this.#transport.json("POST", `${this.#path}/import`, {
      body,
      ...(trustKeys && { query: { trustKeys } }),
      ...(onSent && { onSent }),
    });
  }

  get #path(): string {
    return `${this.#transport.organization}/bundles`;
  }
}
