/** Where artifacts are kept when it is S3, or anything that speaks as S3 does. */
export interface S3Settings {
  readonly bucket: string;
  /** null: Amazon's. */
  readonly endpoint: string | null;
  readonly region: string;
  /** null: those of the machine's role or profile. An empty part is one that the operator has forgotten. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
  /** The bucket as a part of the path, not of the host's name. */
  readonly forcePathStyle: boolean;
  /** The proxy through which S3 is reached; null or absent: none. */
  readonly proxy?: URL | null;
}
