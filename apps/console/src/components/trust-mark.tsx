import { Anchor, Badge, Code, Stack, Text } from "@mantine/core";
import type { TrustDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useFormats } from "./formats.ts";

const COLORS: Readonly<Record<TrustDto["state"], string>> = {
  signed: "teal",
  unsigned: "gray",
  modified: "red",
  revoked: "red",
};
/** Enough of a key's id to tell two apart. */
const KEY_SHOWN = 12;
const WEB = /^https?:/i;

/** Whether the package is what its publisher made, and how that is known. */
export const TrustMark = ({ trust }: { trust: TrustDto }) => {
  const { t } = useTranslation("common");
  const formats = useFormats();
  const { state, publisher = "", keyId, signedAt, provenance } = trust;
  return (
    <Stack gap={4}>
      <Badge variant="dot" color={COLORS[state]} size="sm" tt="none">
        {t(`trust.${state}`)}
      </Badge>
      <Text size="sm" c="dimmed">
        {t(state === "unsigned" && keyId !== undefined ? "trust.unknownKeyText" : `trust.${state}Text`, {
          publisher,
          at: signedAt === undefined ? "" : formats.dateTime(signedAt),
        })}
      </Text>
      {keyId !== undefined && (
        <Text size="sm" c="dimmed">
          {t("trust.key")} <Code title={keyId}>{keyId.slice(0, KEY_SHOWN)}…</Code>
        </Text>
      )}
      {provenance !== undefined && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {t("trust.built")}{" "}
          {WEB.test(provenance.source) ? (
            <Anchor href={provenance.source} target="_blank" rel="noopener noreferrer nofollow" inherit>
              {provenance.source}
            </Anchor>
          ) : (
            provenance.source
          )}
        </Text>
      )}
    </Stack>
  );
};
