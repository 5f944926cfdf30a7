import type { ContactIdentity } from "@tacit/client";
import { useAnswer, useTacit, useVersion } from "../live/account.tsx";

/** What is known of who somebody is; nothing as long as that is asked, and of groups. */
export function useIdentity(personId: number | undefined): ContactIdentity | undefined {
  const tacit = useTacit();
  const version = useVersion("trust");
  return useAnswer(
    async () => (personId === undefined ? undefined : await tacit.people.identity(personId)),
    [tacit, personId, version],
  ).value;
}
