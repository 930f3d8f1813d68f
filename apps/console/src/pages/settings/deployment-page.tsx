import { Stack, Text } from "@mantine/core";
import type { SandboxDto } from "@patchbay/protocol";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { meQuery, readinessQuery } from "../../api/queries.ts";
import { Fact, Facts } from "../../components/facts.tsx";
import { IconCircleCheck, IconCircleX } from "../../components/icons.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";

/** What the server runs on, for administrators of the deployment. */
export const DeploymentPage = () => {
  const { t } = useTranslation("settings");
  return (
    <Stack gap="md" maw={640}>
      <Text>{t("deployment.text")}</Text>
      <QueryBoundary>
        <Deployment />
      </QueryBoundary>
    </Stack>
  );
};

const Deployment = () => {
  const { t } = useTranslation("settings");
  const { data: me } = useSuspenseQuery(meQuery());
  const { data } = useSuspenseQuery(readinessQuery());
  const { node, knownHoles } = data.runtime;
  return (
    <Stack gap="lg">
      <Facts title={t("deployment.software")}>
        <Fact name={t("deployment.version")}>{me.deployment.version}</Fact>
        <Fact name={t("deployment.node")}>{node}</Fact>
        <Fact name={t("deployment.holes")}>
          {knownHoles.length === 0 ? t("deployment.noHoles") : knownHoles.join(", ")}
        </Fact>
      </Facts>
      {data.sandbox === null ? <Text>{t("deployment.noSandbox")}</Text> : <Sandbox sandbox={data.sandbox} />}
    </Stack>
  );
};

const Sandbox = ({ sandbox }: { sandbox: SandboxDto }) => {
  const { t } = useTranslation("settings");
  const { mode, namespaces, seccomp, noNewPrivileges, memoryLimit } = sandbox;
  const parts = { ...namespaces, seccomp, noNewPrivileges, memoryLimit };
  return (
    <div>
      <Facts title={t("deployment.sandbox")}>
        <Fact name={t("deployment.mode")}>{t(`deployment.${mode}`)}</Fact>
        {Object.entries(parts).map(([part, isHeld]) => (
          <Fact key={part} name={t(`deployment.parts.${part as keyof typeof parts}`)}>
            <Held isHeld={isHeld} />
          </Fact>
        ))}
      </Facts>
      {mode === "process" && (
        <Text size="sm" c="dimmed" mt="sm">
          {t("deployment.help")}
        </Text>
      )}
    </div>
  );
};

/** In words and by its form: colour alone tells nobody. */
const Held = ({ isHeld }: { isHeld: boolean }) => {
  const { t } = useTranslation("settings");
  const Icon = isHeld ? IconCircleCheck : IconCircleX;
  const color = isHeld ? "var(--mantine-color-teal-6)" : "var(--mantine-color-orange-6)";
  return (
    <>
      <Icon size={16} color={color} aria-hidden style={{ verticalAlign: "text-bottom" }} />{" "}
      {t(isHeld ? "deployment.held" : "deployment.notHeld")}
    </>
  );
};
