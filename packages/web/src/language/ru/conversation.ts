import type { conversation as english } from "../en/conversation.ts";
import { pluralOf } from "../plural.ts";

const plural = pluralOf("ru");

/** Russian: conversation. */
export const conversation: typeof english = {
  messages: "Сообщения",
  newestMessage: "К последнему сообщению",
  newestMessageUnread: (count) =>
    plural(count, {
      one: "К последнему сообщению, # непрочитанное",
      few: "К последнему сообщению, # непрочитанных",
      many: "К последнему сообщению, # непрочитанных",
      other: "К последнему сообщению, # непрочитанных",
    }),
  unreadFromHere: "Непрочитанные сообщения",
  empty: "Здесь пока ничего не сказано",
  emptyHint: "Напишите первое сообщение внизу.",
  emptyEncrypted: "Всё, что вы напишете, зашифруется ещё на этом устройстве.",
  emptyPlain: "Сообщения здесь не шифруются: их может прочесть тот, кто управляет сервером.",
  olderMissing: "Не удалось загрузить более ранние сообщения.",
  reaching: (percent) => `Ищем сообщение… ${percent}`,
  messageGone: "Этого сообщения больше нет.",
  gone: "Вас нет в этом чате",
  goneHint: "Чат удалён, вы из него вышли или вас исключили, либо по этому адресу нет вашего чата.",
  unsentDraft: "То, что вы писали",
  toChats: "Назад к чатам",
  readOnlyChannel: "В этом канале пишут только владелец и администраторы.",

  details: "Подробности об этом чате",
  online: "в сети",
  offline: "не в сети",
  members: (count) =>
    plural(count, { one: "# участник", few: "# участника", many: "# участников", other: "# участника" }),
  subscribers: (count) =>
    plural(count, { one: "# подписчик", few: "# подписчика", many: "# подписчиков", other: "# подписчика" }),
  typing: "печатает…",
  typingIn: (names) =>
    names.length === 1
      ? `${names[0]} печатает…`
      : names.length === 2
        ? `${names[0]} и ${names[1]} печатают…`
        : plural(names.length, {
            one: "# человек печатает…",
            few: "# человека печатают…",
            many: "# человек печатают…",
            other: "# человека печатают…",
          }),
  lock: {
    encrypted: "Сквозное шифрование",
    unverified: "Зашифровано, не проверено",
    verified: "Личность проверена",
    server: "Зашифровано, за ключ ручается сервер",
    changed: "Личность изменилась",
    plain: "Без шифрования",
  },
  lockHint: (state) => `${state}. Показать, что это значит`,

  identityChanged: (name) =>
    `${name}: личность изменилась. Сообщения не уходят, пока вы не решите, доверять ли новой.`,
  compare: "Сверить код безопасности",
  accept: "Принять новую личность",
  acceptTitle: (name) => `${name}: доверять новой личности?`,
  acceptDescription: (name) =>
    `Обычно это значит, что ${name} заводит аккаунт заново. Но возможно и то, что между вами кто-то есть. Сверьте код безопасности, чтобы знать точно.`,
  noticeChanged: (name) => `${name}: личность изменилась`,
  noticeAccepted: (name) => `${name}: вы приняли новую личность`,

  searchInChat: "Поиск в этом чате",
  searchNext: "Более раннее",
  searchPrevious: "Более позднее",
  searchCount: (at, of) => `${at} из ${of}`,
  searchNothing: "Ничего не найдено",
  searchClose: "Закрыть поиск",
  menu: "Ещё об этом чате",
  information: "Информация",

  from: (name) => `Сообщение, автор: ${name}`,
  edited: "изменено",
  editRefused: "Более позднюю правку не удалось проверить. Показана последняя проверенная версия.",
  forwardedFrom: (name) => `Переслано, автор: ${name}`,
  answerTo: "Ответ на сообщение. Автор:",
  quoteGone: "Удалённое сообщение",
  attachment: (name) => `Файл: ${name}`,
  voiceMessage: "Голосовое сообщение",
  videoMessage: "Видеосообщение",
  picture: "Изображение",
  unknownKind: "Эта версия Tacit не знает сообщений такого вида.",
  held: "Задержано: у кого-то изменилась личность.",
  heldDecide: "Решить",
  changeFailed: "Не удалось изменить.",
  retry: "Повторить",
  discard: "Отменить отправку",
  trust: {
    unverified_sender: "Ничто не подтверждает, кто это написал",
    plain: "Не зашифровано",
    plaintext_in_encrypted_chat: "Не зашифровано, хотя чат зашифрован: сервер мог это придумать",
  },
  unreadable: {
    no_envelope:
      "Это сообщение зашифровано не для вас. Вас тогда не было в чате, или отправитель вас пропустил.",
    no_key: "Это сообщение зашифровано ключом, которого у вас больше нет. Попросите отправить его ещё раз.",
    damaged: "Это сообщение повредилось в пути, и прочесть его нельзя. Попросите отправить его ещё раз.",
    forged: "Это сообщение не от того, за кого себя выдаёт. Его содержание не показано.",
  },

  actions: "Действия с сообщением",
  reply: "Ответить",
  edit: "Изменить",
  copyText: "Копировать текст",
  forward: "Переслать",
  select: "Выбрать",
  messageInformation: "Кто прочитал",
  delete: "Удалить",
  deleteTitle: (count) =>
    plural(count, {
      one: "Удалить # сообщение?",
      few: "Удалить # сообщения?",
      many: "Удалить # сообщений?",
      other: "Удалить # сообщения?",
    }),
  deleteDescription: "Исчезнет у всех, кто есть в чате, и навсегда.",
  copied: (count) =>
    count === 1
      ? "Скопировано"
      : plural(count, {
          one: "Скопировано # сообщение",
          few: "Скопировано # сообщения",
          many: "Скопировано # сообщений",
          other: "Скопировано # сообщения",
        }),
  selected: (count) =>
    plural(count, { one: "Выбрано: #", few: "Выбрано: #", many: "Выбрано: #", other: "Выбрано: #" }),
  selectMessage: "Выбрать это сообщение",
  leaveSelection: "Закончить выбор",

  forwardTitle: "Переслать в чаты",
  forwardSearch: "Поиск чатов",
  forwardSend: (count) =>
    plural(count, {
      one: "Отправить в # чат",
      few: "Отправить в # чата",
      many: "Отправить в # чатов",
      other: "Отправить в # чата",
    }),
  forwardNobody: "Нет чата с таким названием",
  forwardRemove: (title) => `Не отправлять в «${title}»`,
  forwarded: (count) =>
    count === 1
      ? "Переслано"
      : plural(count, {
          one: "Переслано в # чат",
          few: "Переслано в # чата",
          many: "Переслано в # чатов",
          other: "Переслано в # чата",
        }),
  open: "Открыть",

  readBy: "Прочитали",
  deliveredTo: "Доставлено",
  notYet: "Ещё нет",
  sentAt: "Отправлено",
  editedAt: "Изменено",
  nobodyYet: "Пока никто",
  newMessages: "Новые сообщения",
  announce: (name, text) => `${name}: ${text}`,
};
