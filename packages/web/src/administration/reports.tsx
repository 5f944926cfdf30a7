import type { Report } from "@tacit/client";
import { useState } from "react";
import { Button } from "../design/button.tsx";
import { Empty } from "../design/pane.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { Asked } from "../settings/asked.tsx";
import { Choice } from "../settings/choice.tsx";
import { Buttons } from "../settings/part.tsx";
import { AccountDialog } from "./account-dialog.tsx";
import { usePages } from "./pages.ts";
import { ReportCard } from "./report-card.tsx";

type State = Report["state"];
const STATES: readonly State[] = ["open", "resolved", "dismissed"];

/** What people reported. */
export function ReportsSection() {
  const tacit = useTacit();
  const { administration: t } = useTexts();
  const [state, setState] = useState<State>("open");
  const [going, setGoing] = useState<NonNullable<Report["user"]>>();
  const { answer, showMore } = usePages(
    (before_id) => tacit.admin.reports({ state, ...(before_id && { before_id }) }),
    state,
  );
  return (
    <>
      <Choice
        label={t.showReports}
        options={STATES.map((value) => ({ value, label: t.states[value] }))}
        chosen={state}
        onChoose={setState}
      />
      <Asked answer={answer}>
        {({ entries, isMore }) => (
          <>
            {entries.length === 0 ? <Empty title={t.noReports[state]} /> : null}
            <ul>
              {entries.map((report) => (
                <ReportCard key={report.id} report={report} onMoved={answer.retry} onDisable={setGoing} />
              ))}
            </ul>
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
      <AccountDialog
        asked={going && { user: going, change: "disable" }}
        onClose={() => setGoing(undefined)}
        onChanged={answer.retry}
      />
    </>
  );
}
