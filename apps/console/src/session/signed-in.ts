import { type MeDto, PatchbayError } from "@patchbay/protocol";
import { redirect } from "@tanstack/react-router";
import { meQuery } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";

/** Who is signed in; leads to the sign-in page, and from there back to `href`, when nobody is. */
export const requireSignedIn = async (href: string): Promise<MeDto> => {
  try {
    return await queryClient.ensureQueryData(meQuery());
  } catch (error) {
    if (error instanceof PatchbayError && error.code === "unauthenticated")
      throw redirect({ to: "/sign-in", search: href === "/" ? {} : { returnTo: href } });
    throw error;
  }
};
