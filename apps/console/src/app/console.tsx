import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { useMemo } from "react";
import { queryClient } from "../api/query-client.ts";
import { useSession } from "../api/session.ts";
import { usePluginTheme } from "../theme/plugin-theme.ts";
import { theme } from "../theme/theme.ts";
import { variablesResolver } from "../theme/tokens.ts";
import { router } from "./router.ts";

/** The policy of the page allows styles with this mark only. A new one comes with every page. */
const styleNonce = (): string =>
  document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

// Mantine's dialogs lock the page's scrolling with a library that makes its own styles.
setNonce(styleNonce());

export const Console = () => {
  const pluginTheme = usePluginTheme();
  const resolver = useMemo(() => variablesResolver(pluginTheme), [pluginTheme]);
  const { isReplaced } = useSession();
  if (isReplaced) return null;
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      cssVariablesResolver={resolver}
      getStyleNonce={styleNonce}
      {...(pluginTheme !== null && { forceColorScheme: pluginTheme.scheme })}
    >
      <Notifications position="bottom-center" limit={4} />
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
};
