import { Container } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { ErrorPage } from "./error-page.tsx";

/** For what the shell itself cannot be shown without. */
export const LonelyErrorPage = (props: ErrorComponentProps) => (
  <Container component="main" size="sm" py="xl">
    <ErrorPage {...props} />
  </Container>
);
