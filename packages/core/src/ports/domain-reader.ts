/** What the owners of domains have written there. One implementation: in the server. */
export interface DomainReader {
  /** The texts of the TXT records of a name; none when there are none. Throws `proof_failed` when nobody answers. */
  txt(name: string): Promise<readonly string[]>;
  /** A small text on a public server. Throws `proof_failed` with the reason when it cannot be had. */
  text(url: URL): Promise<string>;
}
