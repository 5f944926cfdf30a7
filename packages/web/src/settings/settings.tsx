import {
  Ban,
  Bell,
  HardDrive,
  Info,
  KeyRound,
  LogOut,
  MonitorSmartphone,
  Palette,
  ShieldUser,
  Sprout,
  UserRound,
} from "lucide-react";
import { Link } from "wouter";
import { useTexts } from "../language/language.tsx";
import { useAnswer, useTacit } from "../live/account.tsx";
import { routes } from "../routes.ts";
import { AboutSection } from "./about.tsx";
import { AppearanceSection } from "./appearance.tsx";
import { BlockedSection } from "./blocked.tsx";
import { LeavingSection } from "./leaving.tsx";
import { NotificationsSection } from "./notifications.tsx";
import styles from "./panes.module.css";
import { type PaneSection, Panes } from "./panes.tsx";
import { PasswordSection } from "./password.tsx";
import { ProfileSection } from "./profile.tsx";
import { RecoverySection } from "./recovery.tsx";
import { SessionsSection } from "./sessions.tsx";
import { StorageSection } from "./storage.tsx";

const SECTIONS = [
  { name: "profile", Icon: UserRound, Section: ProfileSection },
  { name: "password", Icon: KeyRound, Section: PasswordSection },
  { name: "recovery", Icon: Sprout, Section: RecoverySection },
  { name: "sessions", Icon: MonitorSmartphone, Section: SessionsSection },
  { name: "notifications", Icon: Bell, Section: NotificationsSection },
  { name: "appearance", Icon: Palette, Section: AppearanceSection },
  { name: "storage", Icon: HardDrive, Section: StorageSection },
  { name: "blocked", Icon: Ban, Section: BlockedSection },
  { name: "about", Icon: Info, Section: AboutSection },
  { name: "leaving", Icon: LogOut, Section: LeavingSection },
] as const satisfies readonly PaneSection[];

/** What a person sets about themselves, their account and this device. */
export function Settings({ section }: { readonly section: string | undefined }) {
  const { settings: t } = useTexts();
  return (
    <Panes
      title={t.title}
      sections={SECTIONS}
      labels={t.sections}
      section={section}
      hrefOf={routes.settings}
      after={<ToAdministration />}
    />
  );
}

function ToAdministration() {
  const tacit = useTacit();
  const { settings: t } = useTexts();
  const profile = useAnswer(() => tacit.account.profile(), [tacit]);
  if (!profile.value?.is_admin) return null;
  return (
    <Link href={routes.administration()} className={styles.link ?? ""}>
      <ShieldUser size={20} strokeWidth={1.75} aria-hidden />
      {t.administration}
    </Link>
  );
}
