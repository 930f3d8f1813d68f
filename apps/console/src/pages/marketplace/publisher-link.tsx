import { AnchorLink } from "../../components/links.tsx";
import { useOrganization } from "../../session/organization.ts";

export interface PublisherLinkProps {
  readonly publisher: string;
  /** What people call it; its id otherwise. */
  readonly name?: string | undefined;
  /** In the colour of the text around it. */
  readonly isQuiet?: boolean;
}

/** Leads to the publisher's page. */
export const PublisherLink = ({ publisher, name = publisher, isQuiet = false }: PublisherLinkProps) => {
  const { org } = useOrganization();
  return (
    <AnchorLink
      to="/o/$org/marketplace/publishers/$publisher"
      params={{ org, publisher }}
      inherit
      underline="always"
      {...(isQuiet && { c: "inherit" })}
    >
      {name}
    </AnchorLink>
  );
};
