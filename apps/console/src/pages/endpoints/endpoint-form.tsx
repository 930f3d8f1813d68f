import { Checkbox, Stack, TagsInput, TextInput, Title } from "@mantine/core";
import type { Revised } from "@patchbay/api-client";
import type { EndpointDto, EndpointPatch } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { endpointQuery } from "../../api/endpoint-queries.ts";
import { NumberInput } from "../../components/number-input.tsx";
import { SharedDraftForm } from "../../components/shared-draft/shared-draft-form.tsx";
import { useOrganization } from "../../session/organization.ts";

/** What is edited here. A text is a number that is none. */
interface Values {
  readonly title: string;
  readonly perMinute: number | string;
  readonly maxBodyBytes: number | string;
  readonly maxSeconds: number | string;
  readonly origins: readonly string[];
  readonly keepsBodies: boolean;
}
type Field = keyof Values;

const valuesOf = ({
  title,
  perMinute,
  maxBodyBytes,
  maxSeconds,
  origins,
  keepsBodies,
}: EndpointDto): Values => ({ title, perMinute, maxBodyBytes, maxSeconds, origins, keepsBodies });

/** Its name, its limits, and who may call it from a browser. */
export const EndpointForm = ({ endpoint }: { readonly endpoint: Revised<EndpointDto> }) => {
  const { t } = useTranslation(["endpoints", "common"]);
  const { org, client } = useOrganization();
  const titleOf = (pointer: string) => {
    const field = pointer.split("/")[1] as Field;
    return field === "title" ? t("common:name") : t(`field.${field}`, pointer);
  };
  return (
    <SharedDraftForm
      read={endpoint}
      valuesOf={valuesOf}
      put={async (values, seen) => {
        await client.endpoints.change(endpoint.id, values as EndpointPatch, seen);
        return await client.endpoints.get(endpoint.id);
      }}
      queryKey={endpointQuery(org, endpoint.id).queryKey}
      follows={{ queryKey: [org, "endpoints", "list"] }}
      words={{ titleOf }}
      labels={{ save: t("common:save"), saved: t("saved"), notSaved: t("notSaved") }}
      disabled={false}
    >
      {({ values, change }) => (
        <Stack gap="sm" maw={640}>
          <Title order={2}>{t("limits")}</Title>
          <TextInput
            label={t("common:name")}
            required
            maxLength={128}
            value={values.title}
            onChange={({ currentTarget }) => change({ title: currentTarget.value })}
          />
          <NumberInput
            label={t("field.perMinute")}
            description={t(endpoint.authentication === "none" ? "help.perNetwork" : "help.perMinute")}
            value={values.perMinute}
            onChange={(next) => change({ perMinute: next ?? "" })}
            isInteger
            minimum={1}
            required
          />
          <NumberInput
            label={t("field.maxBodyBytes")}
            value={values.maxBodyBytes}
            onChange={(next) => change({ maxBodyBytes: next ?? "" })}
            isInteger
            minimum={0}
            required
          />
          <NumberInput
            label={t("field.maxSeconds")}
            description={t("help.maxSeconds")}
            value={values.maxSeconds}
            onChange={(next) => change({ maxSeconds: next ?? "" })}
            isInteger
            minimum={1}
            required
          />
          <TagsInput
            label={t("field.origins")}
            description={t("help.origins")}
            placeholder="https://shop.example.org"
            maxTags={20}
            value={[...values.origins]}
            onChange={(origins) => change({ origins })}
          />
          <Checkbox
            label={t("field.keepsBodies")}
            description={t("help.keepsBodies")}
            checked={values.keepsBodies}
            onChange={({ currentTarget }) => change({ keepsBodies: currentTarget.checked })}
          />
        </Stack>
      )}
    </SharedDraftForm>
  );
};
