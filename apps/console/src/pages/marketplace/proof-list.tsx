import { List, Text } from "@mantine/core";
import type { RegistryPublisherDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../components/formats.ts";

/** How it is known that a publisher is who it says. */
export const ProofList = ({ proofs }: Pick<RegistryPublisherDto, "proofs">) => {
  const { t } = useTranslation("marketplace");
  const formats = useFormats();
  if (proofs.length === 0) return <Text size="sm">{t("proof.none")}</Text>;
  return (
    <List size="sm" listStyleType="none" style={{ overflowWrap: "anywhere" }}>
      {proofs.map(({ kind, domain = "", at }) => (
        <List.Item key={`${kind} ${domain}`} title={t("proof.since", { when: formats.dateTime(at) })}>
          {t(`proof.${kind}`, { domain })}
        </List.Item>
      ))}
    </List>
  );
};
