import type { ComponentType, ReactNode, RefObject } from "react";

interface RemoveScrollProps {
  /** What wraps the children; Radix always asks for its Slot, which lends the child its own props. */
  readonly as?: ComponentType<{ children?: ReactNode }>;
  readonly allowPinchZoom?: boolean;
  readonly shards?: readonly RefObject<HTMLElement | null>[];
  readonly children?: ReactNode;
}

/**
 * Stands in for `react-remove-scroll`, which Radix puts around what is modal: the body of this app never scrolls, so
 * there is nothing to lock. The original would inject a `<style>`, which the page's Content-Security-Policy refuses.
 */
export function RemoveScroll({ as: Wrapper, children }: RemoveScrollProps): ReactNode {
  return Wrapper ? <Wrapper>{children}</Wrapper> : children;
}
