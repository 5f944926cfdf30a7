import type { ChatMember } from "@tacit/client";
import { Crown, Ellipsis, Flag, MessageCircle, ShieldMinus, ShieldPlus, UserMinus } from "lucide-react";
import { useLocation } from "wouter";
import type { ChatFacts } from "../chats/facts.ts";
import { Avatar } from "../design/avatar.tsx";
import { IconButton } from "../design/button.tsx";
import { Menu, type MenuEntry } from "../design/menu.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { routes } from "../routes.ts";
import { useAct } from "./act.ts";
import type { MemberQuestionName } from "./member-question.tsx";
import styles from "./members.module.css";
import { isDeleted, managesMembers } from "./people.ts";

/** Somebody who is in a group or channel, and what I may do about them. */
export function MemberLine({
  facts,
  member,
  isOnline,
  onAsk,
}: {
  readonly facts: ChatFacts;
  readonly member: ChatMember;
  readonly isOnline: boolean;
  readonly onAsk: (name: MemberQuestionName) => void;
}) {
  const { information, common } = useTexts();
  const tacit = useTacit();
  const { person, role } = member;
  const isMe = person.id === tacit.id;
  const entries = useEntries(facts, member, onAsk);
  return (
    <div className={styles.member}>
      <Avatar id={person.id} name={person.nickname} url={person.avatarUrl} size={40} isOnline={isOnline} />
      <div className={styles.who}>
        <span className={styles.name}>{isMe ? common.you : person.nickname}</span>
        {isOnline && !isMe ? <span className={styles.online}>{information.online}</span> : null}
      </div>
      {role === "member" ? null : (
        <span className={styles.role} data-role={role}>
          {information.members[role]}
        </span>
      )}
      {isMe || isDeleted(person) ? null : (
        <Menu entries={entries}>
          <IconButton label={information.members.optionsOf(person.nickname)}>
            <Ellipsis size={20} aria-hidden />
          </IconButton>
        </Menu>
      )}
    </div>
  );
}

function useEntries(
  facts: ChatFacts,
  { person, role }: ChatMember,
  onAsk: (name: MemberQuestionName) => void,
): readonly MenuEntry[] {
  const { members, report } = useTexts().information;
  const tacit = useTacit();
  const [, navigate] = useLocation();
  const act = useAct();
  const write = async () => navigate(routes.chat((await tacit.chats.withUser(person)).id));
  const isManaged = managesMembers(facts) && role !== "owner";
  const setRole = (to: "member" | "admin") => () => void act(() => facts.chat.setRole(person, to));
  const promotion: MenuEntry =
    role === "admin"
      ? { label: members.takeAdmin, icon: <ShieldMinus aria-hidden />, onSelect: setRole("member") }
      : { label: members.makeAdmin, icon: <ShieldPlus aria-hidden />, onSelect: setRole("admin") };
  return [
    {
      label: members.write,
      icon: <MessageCircle aria-hidden />,
      onSelect: () => void act(write),
    },
    ...(isManaged ? [promotion] : []),
    ...(facts.myRole === "owner"
      ? [{ label: members.handOver, icon: <Crown aria-hidden />, onSelect: () => onAsk("handOver") }]
      : []),
    "separator",
    {
      label: report.report(person.nickname),
      icon: <Flag aria-hidden />,
      onSelect: () => onAsk("report"),
    },
    ...(isManaged
      ? [
          {
            label: members.remove,
            icon: <UserMinus aria-hidden />,
            isDangerous: true,
            onSelect: () => onAsk("remove"),
          },
        ]
      : []),
  ];
}
