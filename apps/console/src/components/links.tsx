import { Anchor, Button, type ButtonProps, NavLink } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, Ref } from "react";

type ButtonAnchorProps = ButtonProps &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps> & {
    readonly ref?: Ref<HTMLAnchorElement>;
  };

/** A button is no link unless it is told so. */
const ButtonAnchor = (props: ButtonAnchorProps) => <Button component="a" {...props} />;

/** Mantine's looks on the router's links. */
export const AnchorLink = createLink(Anchor<"a">);
export const ButtonLink = createLink(ButtonAnchor);
export const NavigationLink = createLink(NavLink<"a">);
