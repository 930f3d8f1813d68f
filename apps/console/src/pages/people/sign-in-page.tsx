import { ERROR_CODES, isErrorCode, PatchbayError } from "@patchbay/protocol";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { queryClient } from "../../api/query-client.ts";
import { resumeSession } from "../../api/session.ts";
import { CenteredPage } from "../../components/centered-page.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { SignInForm } from "./sign-in-form.tsx";

const route = getRouteApi("/sign-in");

/** Only a path of this console: a link to the sign-in page must not lead to another site. */
const localPath = (path: string | undefined): string =>
  path !== undefined && /^\/(?![/\\])/.test(path) ? path : "/";

/** What a sign-in through a provider came back with. */
const problemOf = (code: string): PatchbayError => {
  const known = isErrorCode(code) ? code : "internal";
  return new PatchbayError(known, ERROR_CODES[known][1]);
};

export const SignInPage = () => {
  const { t } = useTranslation("people");
  const { returnTo, error } = route.useSearch();
  const target = localPath(returnTo);
  const navigate = useNavigate();
  return (
    <CenteredPage title={t("signIn.title")}>
      {error !== undefined && <ProblemAlert title={t("signIn.failed")} error={problemOf(error)} />}
      <SignInForm
        target={target}
        onSignedIn={async () => {
          queryClient.clear();
          resumeSession();
          await navigate({ href: target });
        }}
      />
    </CenteredPage>
  );
};
