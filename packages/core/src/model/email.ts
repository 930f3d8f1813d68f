import { PatchbayError } from "@patchbay/protocol";

/** The address in lower case and composed, however it was typed; null when `text` is none. */
export const readEmail = (text: string): string | null => {
  const address = text.trim().normalize("NFC").toLowerCase();
  return /^[^@\s]+@[^@\s]+$/.test(address) && address.length <= 254 ? address : null;
};

/** As `readEmail`. Throws `invalid_request`. */
export const requireEmail = (email: string): string => {
  const address = readEmail(email);
  if (address !== null) return address;
  throw new PatchbayError("invalid_request", `"${email.slice(0, 100)}" is not an e-mail address.`, {
    errors: [{ pointer: "/email", message: "Write it as name@example.org." }],
  });
};
