import { hash, randomBytes } from "node:crypto";

/** 256 random bits cannot be guessed, so a fast hash is enough to store them by. */
const TOKEN_BYTES = 32;

export const API_KEY_PREFIX = "pb_";

/** A secret for someone to keep: shown once, stored as `hashToken` only. */
export const newToken = (prefix = ""): string => `${prefix}${randomBytes(TOKEN_BYTES).toString("base64url")}`;

/** SHA-256, hex. */
export const hashToken = (token: string): string => hash("sha256", token, "hex");
