import { type ReactNode, useRef } from "react";

/** Lets a person choose a picture among their files: `input` has to be rendered, and `open` shows what there is. */
export function usePictureChoice(onChoose: (file: Blob) => void): {
  readonly input: ReactNode;
  readonly open: () => void;
} {
  const field = useRef<HTMLInputElement>(null);
  return {
    open: () => field.current?.click(),
    input: (
      <input
        ref={field}
        type="file"
        accept="image/*"
        hidden
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          // The same file can be chosen again.
          target.value = "";
          if (file) onChoose(file);
        }}
      />
    ),
  };
}
