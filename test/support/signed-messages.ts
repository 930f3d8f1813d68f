import { createHmac } from "node:crypto";

/** The signature of a text, as Standard Webhooks says. */
export const signatureOf = (secret: string, text: string): string => {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  return `v1,${createHmac("sha256", key).update(text).digest("base64")}`;
};

/** The headers of a signed message. */
export const signedHeaders = (secret: string, id: string, body: string, at = new Date()) => {
  const seconds = Math.floor(at.getTime() / 1_000);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": signatureOf(secret, `${id}.${seconds}.${body}`),
  };
};
