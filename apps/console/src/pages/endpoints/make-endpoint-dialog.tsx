import { Button, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import type { EndpointAuthentication, MadeEndpointDto, OfferedEndpointDto } from "@patchbay/protocol";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { offeredEndpointsQuery } from "../../api/endpoint-queries.ts";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { useOrganization } from "../../session/organization.ts";
import { AuthenticationField } from "./authentication-field.tsx";
import { MadeSecret } from "./made-secret.tsx";

interface Values {
  /** Of what is offered. */
  readonly place: number;
  readonly title: string;
  /** Empty: the organization. */
  readonly project: string;
  /** Empty: one that nobody can guess. */
  readonly address: string;
  readonly authentication: EndpointAuthentication;
}

/** Makes an address, and shows its secret where it has one: this once. */
export const MakeEndpointDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation(["endpoints", "common"]);
  const { org } = useOrganization();
  const { data: offered } = useSuspenseQuery(offeredEndpointsQuery(org));
  const navigate = useNavigate();
  const [made, setMade] = useState<MadeEndpointDto | null>(null);
  const [values, setValues] = useState<Values | null>(null);
  const leave = async () => {
    onClose();
    if (made === null) return;
    await navigate({ to: "/o/$org/endpoints/$endpoint", params: { org, endpoint: made.endpoint.id } });
  };
  const [first] = offered;
  return (
    <Dialog
      title={t("make.title")}
      onClose={() => void leave()}
      isDirty={made === null && values !== null}
      size="md"
    >
      {first === undefined && <Text>{t("nothingOffered")}</Text>}
      {first !== undefined && made === null && (
        <MakeForm
          offered={offered}
          values={values ?? startOf(first, 0)}
          onChange={setValues}
          onMade={setMade}
        />
      )}
      {made?.secret !== undefined && <MadeSecret secret={made.secret} />}
      {made !== null && made.secret === undefined && <Made title={made.endpoint.title} />}
    </Dialog>
  );
};

/** What an offer begins with. */
const startOf = (
  { title, endpoint, authentication, projects, forAll }: OfferedEndpointDto,
  place: number,
) => ({
  place,
  title: title ?? endpoint,
  project: forAll ? "" : (projects[0] ?? ""),
  address: "",
  authentication,
});

const Made = ({ title }: { readonly title: string }) => {
  const { t } = useTranslation(["endpoints", "common"]);
  const { leave } = useDialog();
  return (
    <>
      <Text role="status">{t("make.done", { title })}</Text>
      <DialogActions>
        <Button onClick={leave}>{t("common:close")}</Button>
      </DialogActions>
    </>
  );
};

interface MakeFormProps {
  readonly offered: readonly OfferedEndpointDto[];
  readonly values: Values;
  readonly onChange: (values: Values) => void;
  readonly onMade: (made: MadeEndpointDto) => void;
}

const MakeForm = ({ offered, values, onChange, onMade }: MakeFormProps) => {
  const { t } = useTranslation(["endpoints", "common"]);
  const { org, client } = useOrganization();
  const { close } = useDialog();
  const queries = useQueryClient();
  const chosen = offered[values.place];
  const change = (part: Partial<Values>) => onChange({ ...values, ...part });
  const make = useMutation({
    mutationFn: ({ plugin, endpoint }: OfferedEndpointDto) =>
      client.endpoints.make({
        plugin,
        endpoint,
        title: values.title.trim(),
        authentication: values.authentication,
        ...(values.project !== "" && { project: values.project }),
        ...(values.address !== "" && { address: values.address }),
      }),
    onSuccess: async (answer) => {
      onMade(answer);
      await queries.invalidateQueries({ queryKey: [org, "endpoints"] });
    },
  });
  if (chosen === undefined) return null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate(chosen);
      }}
    >
      <Stack gap="sm">
        {make.error !== null && <ProblemAlert error={make.error} />}
        <NativeSelect
          label={t("make.what")}
          {...(chosen.description !== undefined && { description: chosen.description })}
          value={String(values.place)}
          onChange={({ currentTarget }) => {
            const place = Number(currentTarget.value);
            const next = offered[place];
            if (next !== undefined) onChange(startOf(next, place));
          }}
          data={offered.map(({ plugin, endpoint, title, methods, path }, place) => ({
            value: String(place),
            label: `${title ?? endpoint} · ${plugin} · ${methods.join(" ")} ${path}`,
          }))}
        />
        <TextInput
          label={t("common:name")}
          required
          maxLength={128}
          value={values.title}
          onChange={({ currentTarget }) => change({ title: currentTarget.value })}
        />
        <NativeSelect
          label={t("make.for")}
          value={values.project}
          onChange={({ currentTarget }) => change({ project: currentTarget.value })}
          data={[
            ...(chosen.forAll ? [{ value: "", label: t("forAll") }] : []),
            ...chosen.projects.map((project) => ({ value: project, label: t("forProject", { project }) })),
          ]}
        />
        <AuthenticationField
          value={values.authentication}
          wanted={chosen.authentication}
          onChange={(authentication) => change({ authentication })}
        />
        <TextInput
          label={t("address.chosen")}
          description={t("address.chosenHelp", { org })}
          pattern="[a-z0-9][a-z0-9\-]{1,38}[a-z0-9]"
          maxLength={40}
          value={values.address}
          onChange={({ currentTarget }) => change({ address: currentTarget.value })}
        />
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t("common:cancel")}
        </Button>
        <Button type="submit" loading={make.isPending}>
          {t("make.action")}
        </Button>
      </DialogActions>
    </form>
  );
};
