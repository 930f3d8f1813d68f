import type { ToolDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { BASE_PATH } from "../../base-path.ts";
import { useOrganization } from "../../session/organization.ts";
import { CopyButton } from "../copy-button.tsx";
import { hashOf, tellable } from "./shared-input.ts";

/** A link for others in the organization, which opens the tool with what is entered. */
export const CopyLink = ({
  tool: { plugin, tool, input: schema },
  input,
}: {
  tool: ToolDto;
  input: unknown;
}) => {
  const { t } = useTranslation("tools");
  const { org } = useOrganization();
  const hash = hashOf(tellable(input, schema));
  const query = new URLSearchParams({ tool: `${plugin}/${tool}` });
  const address = `${location.origin}${BASE_PATH}/o/${encodeURIComponent(org)}/tools?${query}`;
  return (
    <CopyButton
      value={hash === null ? address : `${address}#${hash}`}
      label={t(hash === null ? "copyLinkAlone" : "copyLink")}
    >
      {t(hash === null ? "linkAlone" : "link")}
    </CopyButton>
  );
};
