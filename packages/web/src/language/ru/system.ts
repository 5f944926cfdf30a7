import type { system as english, Who } from "../en/system.ts";

const subject = ({ name, isMe }: Who) => (isMe ? "Вы" : name);
/** Names are not declined and nobody's gender is known: whoever acts stands in a question of their own. */
const note = (sentence: string, question: string, by: Who) =>
  `${sentence}. ${question} ${by.isMe ? "вы" : by.name}`;

/** Russian: what the server notes in a chat. */
export const system: typeof english = {
  joined: (who) => `${subject(who)} теперь в чате`,
  added: (by, who) => note(`${subject(who)} теперь в чате`, "Кто добавил:", by),
  removed: (by, who) => note(`${subject(who)} больше не в чате`, "Кто исключил:", by),
  left: (who) => (who.isMe ? "Вы вышли из чата" : `${who.name} больше не в чате`),
  madeAdmin: (by, who) => note(`${subject(who)} теперь среди администраторов`, "Кто назначил:", by),
  madeMember: (by, who) => note(`${subject(who)} больше не среди администраторов`, "Кто изменил роль:", by),
  madeOwner: (by, who) =>
    note(`${who.isMe ? "Этот чат теперь ваш" : `Новый владелец чата: ${who.name}`}`, "Кто передал:", by),
  unknown: "В чате что-то изменилось",
};
