import { Badge } from "@mantine/core";
import type { EndpointDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";

/** Whether something answers at an address. */
export const EndpointState = ({ endpoint: { state } }: { readonly endpoint: EndpointDto }) => {
  const { t } = useTranslation("endpoints");
  return (
    <Badge
      variant={state === "serving" ? "light" : state === "failing" ? "outline" : "default"}
      color={state === "failing" ? "red" : "accent"}
      {...(state === "failing" && { c: "var(--mantine-color-text)" })}
      tt="none"
    >
      {t(`state.${state}`)}
    </Badge>
  );
};
