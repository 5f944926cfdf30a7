import type { notifications as english } from "../en/notifications.ts";
import { pluralOf } from "../plural.ts";

const plural = pluralOf("ru");

/** Russian: notifications, and what can be chosen about them. */
export const notifications: typeof english = {
  several: (chat, count) => `${chat} (${count})`,
  newMessages: (count) =>
    count === 1
      ? "Новое сообщение"
      : plural(count, {
          one: "# новое сообщение",
          few: "# новых сообщения",
          many: "# новых сообщений",
          other: "# нового сообщения",
        }),
  from: (name, text) => `${name}: ${text}`,
  open: "Открыть",

  announce: "Сообщать о новых сообщениях",
  announceHint: "Пока Tacit открыт, в том числе в фоне. Чаты без звука молчат.",
  showText: "Показывать текст",
  showTextHint: "Иначе видно только, кто написал. Подумайте, кто видит ваш экран.",
  sound: "Со звуком",
  outside: "Вне этой страницы",
  outsideHint: "Когда вы заняты другим, новые сообщения может показывать система.",
  allow: "Разрешить уведомления",
  allowed: "Когда вы заняты другим, новые сообщения показывает система.",
  denied:
    "Браузер блокирует уведомления этой страницы. Чтобы разрешить их, откройте сведения о странице (значок перед адресом), найдите «Уведомления», выберите «Разрешить» и вернитесь сюда.",
  unsupported:
    "Этот браузер не показывает уведомления страниц. На iPhone или iPad сначала добавьте Tacit на экран «Домой».",
};
