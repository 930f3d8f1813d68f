export {
  attest,
  BUILDER,
  newInstance as newSigstore,
  type SigstoreInstance,
  SOURCE,
  statement,
} from "./sigstore-instance.ts";
