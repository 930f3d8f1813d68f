import { Text } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { pluginQuery } from "../../api/queries.ts";
import { Page } from "../../components/page.tsx";

const route = getRouteApi("/o/$org/plugins/$plugin");

export const PluginPage = () => {
  const { org, plugin } = route.useParams();
  const { data } = useSuspenseQuery(pluginQuery(org, plugin));
  return (
    <Page title={data.name}>
      <Text>{data.description}</Text>
    </Page>
  );
};
