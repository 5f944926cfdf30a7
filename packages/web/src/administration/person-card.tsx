import type { AdminUser } from "@tacit/client";
import { Ban, CircleCheck, Ellipsis, ShieldMinus, ShieldPlus } from "lucide-react";
import { Avatar } from "../design/avatar.tsx";
import { IconButton } from "../design/button.tsx";
import { Menu } from "../design/menu.tsx";
import { fullDateText } from "../language/dates.ts";
import { useLanguage } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import type { AccountChange } from "./account-dialog.tsx";
import styles from "./people.module.css";

/** An account in the list. */
export function PersonCard({
  user,
  onAsk,
}: {
  readonly user: AdminUser;
  readonly onAsk: (change: AccountChange) => void;
}) {
  const tacit = useTacit();
  const { texts, locale } = useLanguage();
  const { administration: t } = texts;
  const { id, nickname, username, avatar, is_admin: isAdmin, disabled } = user;
  const seen = user.last_seen_at ? fullDateText(new Date(user.last_seen_at), locale) : t.never;
  const badges = [id === tacit.id && t.you, isAdmin && t.administrator, disabled && t.disabledBadge];
  return (
    <li className={styles.person} data-disabled={disabled || undefined}>
      <Avatar id={id} name={nickname} url={avatar === null ? undefined : `/avatars/${avatar}`} />
      <div className={styles.about}>
        <p className={styles.name}>
          {nickname}
          {badges.map((badge) =>
            badge ? (
              <span key={badge} className={styles.badge} data-alert={badge === t.disabledBadge || undefined}>
                {badge}
              </span>
            ) : null,
          )}
        </p>
        <p className={styles.username}>@{username}</p>
        <dl className={styles.facts}>
          <div>
            <dt>{t.joined}</dt>
            <dd>{fullDateText(new Date(user.created_at), locale)}</dd>
          </div>
          <div>
            <dt>{t.lastSeen}</dt>
            <dd>{seen}</dd>
          </div>
        </dl>
      </div>
      <Menu
        entries={[
          isAdmin
            ? {
                label: t.demote,
                icon: <ShieldMinus size={18} aria-hidden />,
                onSelect: () => onAsk("demote"),
              }
            : {
                label: t.promote,
                icon: <ShieldPlus size={18} aria-hidden />,
                onSelect: () => onAsk("promote"),
              },
          disabled
            ? {
                label: t.enable,
                icon: <CircleCheck size={18} aria-hidden />,
                onSelect: () => onAsk("enable"),
              }
            : {
                label: t.disable,
                icon: <Ban size={18} aria-hidden />,
                isDangerous: true,
                onSelect: () => onAsk("disable"),
              },
        ]}
      >
        <IconButton label={t.actionsOf(nickname)}>
          <Ellipsis size={20} aria-hidden />
        </IconButton>
      </Menu>
    </li>
  );
}
