import { Tabs } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { meQuery } from "../../../api/queries.ts";
import { CatalogSource } from "./catalog-source.tsx";
import { DirectorySource } from "./directory-source.tsx";
import { GithubSource } from "./github-source.tsx";
import type { SourceProps } from "./source.ts";
import { UploadSource } from "./upload-source.tsx";

/** Where the plugin comes from. */
export const ChooseSource = ({ onChoose }: SourceProps) => {
  const { t } = useTranslation("install");
  const { data: me } = useSuspenseQuery(meQuery());
  return (
    <Tabs defaultValue="upload" keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="upload">{t("source.upload")}</Tabs.Tab>
        <Tabs.Tab value="catalog">{t("source.catalog")}</Tabs.Tab>
        <Tabs.Tab value="github">{t("source.github")}</Tabs.Tab>
        {me.deployment.administrator && <Tabs.Tab value="directory">{t("source.directory")}</Tabs.Tab>}
      </Tabs.List>
      <Tabs.Panel value="upload">
        <UploadSource onChoose={onChoose} />
      </Tabs.Panel>
      <Tabs.Panel value="catalog">
        <CatalogSource onChoose={onChoose} />
      </Tabs.Panel>
      <Tabs.Panel value="github">
        <GithubSource onChoose={onChoose} />
      </Tabs.Panel>
      <Tabs.Panel value="directory">
        <DirectorySource onChoose={onChoose} />
      </Tabs.Panel>
    </Tabs>
  );
};
