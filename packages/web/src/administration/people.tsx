import type { AdminUser } from "@tacit/client";
import { Search } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { TextField } from "../design/field.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { Intro } from "../settings/part.tsx";
import { type AccountChange, AccountDialog } from "./account-dialog.tsx";
import { PageList, usePages } from "./pages.tsx";
import styles from "./people.module.css";
import { PersonCard } from "./person-card.tsx";

/** Everybody with an account on the server. */
export function PeopleSection() {
  const tacit = useTacit();
  const { administration: t } = useTexts();
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState<{ readonly user: AdminUser; readonly change: AccountChange }>();
  const query = useDeferredValue(typed.trim());
  const pages = usePages(
    (before_id) => tacit.admin.users({ ...(query && { q: query }), ...(before_id && { before_id }) }),
    query,
  );
  return (
    <>
      <TextField
        label={t.searchPeople}
        type="search"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        end={<Search className={styles.icon} size={18} aria-hidden />}
      />
      <PageList pages={pages} nothing={<Intro>{t.nobodyFound}</Intro>}>
        {(user) => <PersonCard key={user.id} user={user} onAsk={(change) => setAsked({ user, change })} />}
      </PageList>
      {asked ? (
        <AccountDialog {...asked} onClose={() => setAsked(undefined)} onChanged={pages.answer.retry} />
      ) : null}
    </>
  );
}
