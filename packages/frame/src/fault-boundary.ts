import { Component, type ReactNode } from "react";

interface Props {
  readonly children?: ReactNode;
  failed(error: unknown, componentStack: string): void;
}

/** Shows nothing once the plugin's component has thrown, in rendering or in an effect: the console shows what happened. */
export class FaultBoundary extends Component<Props, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override componentDidCatch(error: unknown, { componentStack }: { componentStack?: string | null }): void {
    this.props.failed(error, componentStack ?? "");
  }

  override render(): ReactNode {
    return this.state.hasFailed ? null : this.props.children;
  }
}
