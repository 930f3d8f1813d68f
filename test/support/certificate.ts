import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** Whether OpenSSL's program is installed on this machine. */
export const hasOpenssl = (process.env.PATH ?? "")
  .split(delimiter)
  .some((folder) => existsSync(join(folder, "openssl")));

/** Paths of PEM files. */
export interface Certificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A certificate that vouches for itself, for a day, for these names (`DNS:a.example`, `IP:127.0.0.1`). Written into the folder. */
export const makeCertificate = async (folder: string, names: readonly string[]): Promise<Certificate> => {
  const files = { certificate: join(folder, "certificate.pem"), privateKey: join(folder, "private-key.pem") };
  await promisify(execFile)("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-subj", "/CN=Websites of the tests", "-addext", `subjectAltName=${names.join(",")}`, "-days", "1"],
    ...["-out", files.certificate, "-keyout", files.privateKey],
  ]);
  return files;
};
