import { memo, useMemo } from "react";
import styles from "./bubble.module.css";
import { spansOf } from "./rich-text.ts";

/** What a message says, with its line breaks and with links that can be followed. */
export const Text = memo(function Text({ text }: { readonly text: string }) {
  const spans = useMemo(() => spansOf(text), [text]);
  return (
    <>
      {spans.map((span, at) =>
        "href" in span ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a stretch of a text is nothing but its place.
          <a key={at} href={span.href} target="_blank" rel="noopener noreferrer" title={span.href}>
            {span.text}
            {span.host ? <span className={styles.host}> ({span.host})</span> : null}
          </a>
        ) : (
          span.text
        ),
      )}
    </>
  );
});
