import { NativeSelect } from "@mantine/core";
import { ENDPOINT_AUTHENTICATIONS, type EndpointAuthentication } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";

interface AuthenticationFieldProps {
  readonly value: EndpointAuthentication;
  /** What the plugin demands; `none`: anything may be chosen. */
  readonly wanted: EndpointAuthentication;
  readonly onChange: (value: EndpointAuthentication) => void;
}

/** How whoever calls an endpoint proves that they may. */
export const AuthenticationField = ({ value, wanted, onChange }: AuthenticationFieldProps) => {
  const { t } = useTranslation("endpoints");
  return (
    <NativeSelect
      label={t("authentication.label")}
      description={t(`authentication.help.${value}`)}
      value={value}
      onChange={({ currentTarget }) => {
        const chosen = ENDPOINT_AUTHENTICATIONS.find((one) => one === currentTarget.value);
        if (chosen !== undefined) onChange(chosen);
      }}
      data={ENDPOINT_AUTHENTICATIONS.filter(
        (one) => wanted === "none" || one === wanted || one === value,
      ).map((one) => ({ value: one, label: t(`authentication.${one}`) }))}
    />
  );
};
