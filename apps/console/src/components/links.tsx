import { Anchor, Button, NavLink, UnstyledButton } from "@mantine/core";
import { createLink } from "@tanstack/react-router";

/** Mantine's looks on the router's links. */
export const AnchorLink = createLink(Anchor<"a">);
export const ButtonLink = createLink(Button<"a">);
export const NavigationLink = createLink(NavLink<"a">);
export const BlockLink = createLink(UnstyledButton<"a">);
