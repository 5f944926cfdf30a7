import type { ReactNode } from "react";
import { Button } from "../design/button.tsx";
import { Spinner } from "../design/spinner.tsx";
import { useTexts } from "../language/language.tsx";
import type { Answer } from "../live/account.tsx";
import { ErrorNote } from "./error.tsx";
import { Buttons } from "./part.tsx";

/** What the server is asked for: the wait for it, why it did not come with a way on, then what it said. */
export function Asked<T>({
  answer,
  children,
}: {
  readonly answer: Answer<T>;
  readonly children: (value: T) => ReactNode;
}) {
  const { common } = useTexts();
  const { value, error, isLoading, retry } = answer;
  return (
    <>
      {error ? (
        <>
          <ErrorNote error={error} />
          <Buttons>
            <Button onClick={retry}>{common.retry}</Button>
          </Buttons>
        </>
      ) : null}
      {value === undefined ? isLoading ? <Spinner label={common.loading} /> : null : children(value)}
    </>
  );
}
