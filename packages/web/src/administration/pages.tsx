import { type ReactNode, useState } from "react";
import { Button } from "../design/button.tsx";
import { useTexts } from "../language/language.tsx";
import { type Answer, useAnswer } from "../live/account.tsx";
import { Asked } from "../settings/asked.tsx";
import { Buttons } from "../settings/part.tsx";

/** Entries of one answer of the administrators' lists. */
const PAGE = 100;

/** As much of a list as was asked for, and the way to more of it. */
export interface Pages<T> {
  readonly answer: Answer<{ readonly entries: readonly T[]; readonly isMore: boolean }>;
  readonly showMore: () => void;
}

/** A list that the server gives page by page, newest first. */
export function usePages<T extends { readonly id: number }>(
  ask: (beforeId: number | undefined) => Promise<T[]>,
  key: string,
): Pages<T> {
  const [wanted, setWanted] = useState(1);
  const answer = useAnswer(async () => {
    const entries: T[] = [];
    for (let page = 0; page < wanted; page++) {
      const next = await ask(entries.at(-1)?.id);
      entries.push(...next);
      if (next.length < PAGE) return { entries, isMore: false };
    }
    return { entries, isMore: true };
  }, [key, wanted]);
  return { answer, showMore: () => setWanted((pages) => pages + 1) };
}

/** Shows them one below the other. */
export function PageList<T>({
  pages: { answer, showMore },
  nothing,
  children,
}: {
  readonly pages: Pages<T>;
  /** Is shown when there are none. */
  readonly nothing: ReactNode;
  readonly children: (entry: T) => ReactNode;
}) {
  const { administration: t } = useTexts();
  return (
    <Asked answer={answer}>
      {({ entries, isMore }) => (
        <>
          {entries.length === 0 ? nothing : null}
          <ul>{entries.map((entry) => children(entry))}</ul>
          {isMore ? (
            <Buttons>
              <Button isBusy={answer.isLoading} onClick={showMore}>
                {t.more}
              </Button>
            </Buttons>
          ) : null}
        </>
      )}
    </Asked>
  );
}
