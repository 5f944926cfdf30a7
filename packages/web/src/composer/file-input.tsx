import type { Ref } from "react";
import type { Offer } from "./picked-files.ts";

/** Lets somebody choose files when it is clicked; a button does that. */
export function FileInput({
  ref,
  onOffer,
}: {
  readonly ref: Ref<HTMLInputElement>;
  readonly onOffer: (offer: Offer) => void;
}) {
  return (
    <input
      ref={ref}
      type="file"
      multiple
      hidden
      tabIndex={-1}
      onChange={({ target }) => {
        onOffer({ files: [...(target.files ?? [])], folders: [] });
        // Else the same file could not be chosen again.
        target.value = "";
      }}
    />
  );
}
