import type { Report } from "@tacit/client";
import { useState } from "react";
import { Empty } from "../design/pane.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { Choice } from "../settings/choice.tsx";
import { AccountDialog } from "./account-dialog.tsx";
import { PageList, usePages } from "./pages.tsx";
import { ReportCard } from "./report-card.tsx";

type State = Report["state"];
const STATES: readonly State[] = ["open", "resolved", "dismissed"];

/** What people reported. */
export function ReportsSection() {
  const tacit = useTacit();
  const { administration: t } = useTexts();
  const [state, setState] = useState<State>("open");
  const [going, setGoing] = useState<NonNullable<Report["user"]>>();
  const pages = usePages(
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
      <PageList pages={pages} nothing={<Empty title={t.noReports[state]} />}>
        {(report) => (
          <ReportCard key={report.id} report={report} onMoved={pages.answer.retry} onDisable={setGoing} />
        )}
      </PageList>
      {going ? (
        <AccountDialog
          user={going}
          change="disable"
          onClose={() => setGoing(undefined)}
          onChanged={pages.answer.retry}
        />
      ) : null}
    </>
  );
}
