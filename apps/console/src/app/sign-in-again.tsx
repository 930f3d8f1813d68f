import { Modal, Stack, Text } from "@mantine/core";
import type { SessionDto } from "@patchbay/protocol";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import { origin } from "../api/client.ts";
import { meQuery } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { replaceSession, resumeSession } from "../api/session.ts";
import { BASE_PATH } from "../base-path.ts";
import { SignInForm } from "../pages/people/sign-in-form.tsx";

/** Above every other dialog. */
const Z_INDEX = 400;

/** Takes everything off the page before it is left, so that nothing on it asks whether to stay, or is there for who comes back. */
const giveUpPage = (): void => {
  flushSync(replaceSession);
  queryClient.clear();
  // Browsers may keep the emptied page for their button "Back".
  addEventListener("pageshow", () => location.reload());
};

/** Over the page whose session has ended. What was entered below stays, and goes on with whoever entered it. */
const SignInAgain = () => {
  const { t } = useTranslation("people");
  const { data: me } = useSuspenseQuery(meQuery());
  const goOn = async ({ user }: Pick<SessionDto, "user">) => {
    // Somebody else has no business with what this person has entered.
    if (user.id !== me.user.id) {
      giveUpPage();
      location.assign(`${BASE_PATH}/`);
      return;
    }
    // What was asked before is refused yet, and would end the session that has just begun.
    await queryClient.cancelQueries();
    resumeSession();
    await queryClient.resetQueries({
      predicate: ({ state }) => state.status === "error" && state.data === undefined,
    });
    await queryClient.invalidateQueries();
  };
  useEffect(() => {
    // Whoever signs in through a provider does it in another tab, and comes back.
    const look = () => void origin.auth.me().then(goOn, () => undefined);
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  });
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t("again.title")}
      zIndex={Z_INDEX}
      transitionProps={{ duration: 0 }}
    >
      <Stack gap="md">
        <Text>{t("again.text")}</Text>
        <SignInForm email={me.user.email} opensElsewhere target="/" onSignedIn={goOn} />
      </Stack>
    </Modal>
  );
};

export default SignInAgain;
