import { Button, Code, Group, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import type { EndpointDto } from "@patchbay/protocol";
import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { curlOf, fetchOf } from "./call-code.ts";

const CLIENTS = { curl: curlOf, fetch: fetchOf } as const;
const CLIENT_NAMES = ["curl", "fetch"] as const;

/** Where it is, what it answers there, and how it is called. */
export const EndpointAddress = ({ endpoint }: { readonly endpoint: EndpointDto }) => {
  const { t } = useTranslation("endpoints");
  const heading = useId();
  const [client, setClient] = useState<keyof typeof CLIENTS>("curl");
  const { url, title, methods, path } = endpoint;
  const code = CLIENTS[client](endpoint);
  return (
    <Stack component="section" gap="sm" aria-labelledby={heading}>
      <Title order={2} id={heading}>
        {t("address.title")}
      </Title>
      <Group gap="xs">
        <Code style={{ overflowWrap: "anywhere" }}>{url}</Code>
        <CopyButton value={url} label={t("address.copy", { title })} size="compact-sm" />
        <AnotherAddress endpoint={endpoint} />
      </Group>
      {path !== undefined && (
        <Text size="sm">
          {t("address.answers")} <Code>{`${methods.join(" ")} ${path}`}</Code>
        </Text>
      )}
      <Group gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={t("code.label")}
          value={client}
          onChange={(next) => setClient(CLIENT_NAMES.find((one) => one === next) ?? "curl")}
          data={[...CLIENT_NAMES]}
        />
        <CopyButton value={code} label={t("code.copy", { client })} size="compact-sm" />
      </Group>
      <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {code}
      </Code>
    </Stack>
  );
};

const AnotherAddress = ({ endpoint: { id, title, url } }: { readonly endpoint: EndpointDto }) => {
  const { t } = useTranslation("endpoints");
  const { org, client } = useOrganization();
  const queries = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <Button variant="default" size="compact-sm" onClick={() => setIsAsking(true)}>
        {t("address.another")}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={t("address.another")}
          action={t("address.anotherAction")}
          onConfirm={async () => {
            await client.endpoints.rotate(id, { of: "address" });
            await queries.invalidateQueries({ queryKey: [org, "endpoints"] });
            tellDone(t("address.anotherDone", { title }));
          }}
          onClose={() => setIsAsking(false)}
        >
          <Text>{t("address.anotherText")}</Text>
          <Text style={{ overflowWrap: "anywhere" }}>{url}</Text>
        </ConfirmDialog>
      )}
    </>
  );
};
