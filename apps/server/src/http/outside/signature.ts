import type { SignatureCheck } from "@patchbay/core";
import { Webhook } from "standardwebhooks";

/** Standard Webhooks: HMAC-SHA256 over id, time and body, of a time within five minutes. */
export const isSigned: SignatureCheck = ({ id, timestamp, signature, body }, secret) => {
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
};
