import { useEffect, useState } from "react";
import { Route, Switch, useLocation } from "wouter";
import type { Device } from "../device.ts";
import { later } from "../live/later.tsx";
import { SignIn } from "./sign-in.tsx";

// Most people sign in.
const SignUp = later(async () => (await import("./sign-up.tsx")).SignUp);
const Recover = later(async () => (await import("./recover.tsx")).Recover);
const OldAccount = later(async () => (await import("./old-account.tsx")).OldAccount);

/** What every way in is given. */
export interface WayIn {
  readonly device: Device;
  /** It goes along from one way in to another. */
  readonly login: string;
  readonly onLogin: (login: string) => void;
  /** It is what the app was opened with. */
  readonly isFirst: boolean;
}

/** What somebody sees who is not signed in on this device. The address of a chat is kept for afterwards. */
export function Entrance({ device }: { readonly device: Device }) {
  const [login, setLogin] = useState("");
  const [location] = useLocation();
  const [first] = useState(location);
  const [hasMoved, setMoved] = useState(false);
  useEffect(() => {
    if (location !== first) setMoved(true);
  }, [location, first]);
  const given = { device, login, onLogin: setLogin, isFirst: !hasMoved && location === first };
  return (
    <Switch>
      <Route path="/sign-up">
        <SignUp {...given} />
      </Route>
      <Route path="/join/:code">{({ code }) => <SignUp key={code} {...given} code={code} />}</Route>
      <Route path="/recover">
        <Recover {...given} />
      </Route>
      <Route path="/old-account">
        <OldAccount {...given} />
      </Route>
      <Route>
        <SignIn {...given} />
      </Route>
    </Switch>
  );
}
