import { Badge } from "@mantine/core";
import type { EndpointRequestDto } from "@patchbay/protocol";

/** Statuses from here on are failures. */
const FIRST_FAILURE = 400;

/** What a request was answered with. */
export const RequestStatus = ({ request: { status, code } }: { readonly request: EndpointRequestDto }) => {
  const hasFailed = status >= FIRST_FAILURE || (code !== undefined && code !== "delivered_before");
  return (
    <Badge
      variant={hasFailed ? "outline" : "default"}
      {...(hasFailed && { color: "red", c: "var(--mantine-color-text)" })}
      tt="none"
    >
      {status}
    </Badge>
  );
};
