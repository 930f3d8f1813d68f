import { Stack, Text, Title } from "@mantine/core";
import type { GrantDto, ResolutionDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { PermissionList } from "../../../components/permissions/permission-list.tsx";
import { narrowedTo } from "../../../components/permissions/permission-risk.ts";
import type { Candidate } from "../candidate.ts";
import { AlongPermissions } from "./along.tsx";

export interface PermissionsStepProps {
  readonly target: Candidate;
  readonly along: ResolutionDto["along"];
  /** What somebody has asked for, where the installation is to approve that. */
  readonly asked: readonly GrantDto[] | undefined;
  /** Names of the optional ones that are on. */
  readonly optional: ReadonlySet<string>;
  readonly onChange: (optional: ReadonlySet<string>) => void;
}

/** What it may do: what it cannot work without, and what is up to the person. */
export const PermissionsStep = ({ along, ...own }: PermissionsStepProps) => (
  <Stack gap="lg">
    <OwnPermissions {...own} />
    <AlongPermissions along={along} />
  </Stack>
);

const OwnPermissions = ({
  target: { permissions },
  asked = [],
  optional,
  onChange,
}: Omit<PermissionsStepProps, "along">) => {
  const { t } = useTranslation("install");
  if (permissions.required.length === 0 && permissions.optional.length === 0)
    return <Text>{t("permissions.none")}</Text>;
  return (
    <>
      <section>
        <Title order={3} size="h2">
          {t("permissions.required")}
        </Title>
        <Text c="dimmed" size="sm" mb="xs">
          {t(permissions.required.length === 0 ? "permissions.noneRequired" : "permissions.requiredHelp")}
        </Text>
        <PermissionList requests={narrowedTo(permissions.required, asked)} />
      </section>
      {permissions.optional.length > 0 && (
        <section>
          <Title order={3} size="h2">
            {t("permissions.optional")}
          </Title>
          <Text c="dimmed" size="sm" mb="xs">
            {t("permissions.optionalHelp")}
          </Text>
          <PermissionList
            requests={narrowedTo(permissions.optional, asked)}
            granted={optional}
            onToggle={({ name }, isGranted) =>
              onChange(isGranted ? new Set([...optional, name]) : optional.difference(new Set([name])))
            }
          />
        </section>
      )}
    </>
  );
};
