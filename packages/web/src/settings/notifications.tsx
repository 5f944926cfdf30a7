import { BellRing } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "../design/button.tsx";
import { Note } from "../design/note.tsx";
import { Switch } from "../design/switch.tsx";
import { useTexts } from "../language/language.tsx";
import { prefer, usePreferences } from "../notifications/preferences.ts";
import { askPermission, permission } from "../notifications/system.ts";
import { Buttons, Part } from "./part.tsx";

/** What a person is told of, and how, on this device. */
export function NotificationsSection() {
  const { isOn, showsText, hasSound } = usePreferences();
  const { notifications: t } = useTexts();
  return (
    <>
      <div>
        <Switch label={t.announce} hint={t.announceHint} isOn={isOn} onChange={(isOn) => prefer({ isOn })} />
        <Switch
          label={t.showText}
          hint={t.showTextHint}
          isOn={showsText}
          isDisabled={!isOn}
          onChange={(showsText) => prefer({ showsText })}
        />
        <Switch
          label={t.sound}
          isOn={hasSound}
          isDisabled={!isOn}
          onChange={(hasSound) => prefer({ hasSound })}
        />
      </div>
      {isOn ? <Outside /> : null}
    </>
  );
}

/** The system's own notifications: the browser asks once, and only when a button was pressed. */
function Outside() {
  const { notifications: t } = useTexts();
  const [allowed, setAllowed] = useState(permission);
  useEffect(() => {
    // Whoever changes it elsewhere in the browser comes back to this page.
    const look = () => setAllowed(permission());
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, []);
  return (
    <Part title={t.outside} hint={allowed === "default" ? t.outsideHint : undefined}>
      <div role="status">
        {allowed === "granted" ? <Note>{t.allowed}</Note> : null}
        {allowed === "denied" ? <Note look="warn">{t.denied}</Note> : null}
        {allowed === "unsupported" ? <Note>{t.unsupported}</Note> : null}
      </div>
      {allowed === "default" ? (
        <Buttons>
          <Button
            look="main"
            icon={<BellRing size={18} aria-hidden />}
            onClick={() => void askPermission().then(setAllowed)}
          >
            {t.allow}
          </Button>
        </Buttons>
      ) : null}
    </Part>
  );
}
