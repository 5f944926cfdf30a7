import type { administration as english } from "../en/administration.ts";
import { pluralOf } from "../plural.ts";

const plural = pluralOf("ru");

/** Russian: administration of the server. */
export const administration: typeof english = {
  title: "Управление сервером",
  sections: { invites: "Приглашения", people: "Люди", reports: "Жалобы" },
  forbidden: "Это видят только администраторы сервера",
  forbiddenHint: "Если вам нужен доступ, обратитесь к тому, кто управляет сервером.",
  more: "Показать ещё",

  invitesHint: "Открыв ссылку-приглашение, можно создать аккаунт.",
  uses: "Сколько человек может им воспользоваться",
  usesRange: "Число от 1 до 1000.",
  expiry: "Срок действия",
  expiries: { day: "1 день", week: "1 неделя", month: "30 дней", never: "Бессрочно" },
  createInvite: "Создать приглашение",
  noInvites: "Действующих приглашений сейчас нет",
  openInvites: "Действующие приглашения",
  inviteLink: "Ссылка-приглашение",
  copyLink: "Копировать ссылку",
  linkCopied: "Ссылка скопирована. Отправьте её тому, кого приглашаете.",
  linkCreated: "Приглашение создано, ссылка скопирована. Отправьте её тому, кого приглашаете.",
  inviteCreated: "Приглашение создано.",
  copyFailed: "Браузер не дал скопировать ссылку. Выделите её и скопируйте сами.",
  usesLeft: (left, of) =>
    of === 1
      ? "На одного человека"
      : plural(left, {
          one: `Осталось # использование из ${of}`,
          few: `Осталось # использования из ${of}`,
          many: `Осталось # использований из ${of}`,
          other: `Осталось # использования из ${of}`,
        }),
  until: (date) => `до: ${date}`,
  withoutEnd: "бессрочно",
  deleteInvite: "Отозвать",
  deleteInviteNamed: (code) => `Отозвать приглашение ${code}`,
  deleteInviteTitle: "Отозвать это приглашение?",
  deleteInviteDescription:
    "По этой ссылке больше никто не войдёт. У тех, кто уже ею воспользовался, аккаунт останется.",
  inviteDeleted: "Приглашение отозвано.",

  searchPeople: "Имя, имя пользователя или номер",
  nobodyFound: "Никого с таким именем нет",
  joined: "Аккаунт создан",
  lastSeen: "Последний визит",
  never: "не было",
  administrator: "Администратор",
  disabledBadge: "Отключён",
  you: "Вы",
  actionsOf: (name) => `Действия: ${name}`,
  disable: "Отключить аккаунт",
  disableTitle: (name) => `Отключить аккаунт «${name}»?`,
  disableDescription:
    "На всех устройствах будет выполнен выход, и войти не получится, пока аккаунт не включат снова. Ничего не удаляется.",
  disabled: (name) => `Аккаунт «${name}» отключён.`,
  enable: "Включить аккаунт",
  enableTitle: (name) => `Включить аккаунт «${name}»?`,
  enableDescription: "В него снова можно будет войти.",
  enabled: (name) => `Аккаунт «${name}» включён.`,
  promote: "Сделать администратором",
  promoteTitle: (name) => `Сделать администратором: ${name}?`,
  promoteDescription:
    "Администратор может приглашать людей, отключать аккаунты, читать жалобы, назначать и снимать администраторов. Зашифрованного не прочтёт ни один администратор.",
  promoted: (name) => `Теперь администратор: ${name}.`,
  demote: "Снять права администратора",
  demoteTitle: (name) => `Снять права администратора: ${name}?`,
  demoteDescription: "Аккаунт останется на сервере, как у всех остальных.",
  demoted: (name) => `Больше не администратор: ${name}.`,

  showReports: "Показывать",
  states: { open: "Открытые", resolved: "Решённые", dismissed: "Отклонённые" },
  noReports: {
    open: "Открытых жалоб нет",
    resolved: "Решённых жалоб нет",
    dismissed: "Отклонённых жалоб нет",
  },
  reported: (reporter, user) => `Жалоба от «${reporter}» на «${user}»`,
  somebody: "Удалённый аккаунт",
  revealed: "Раскрытые сообщения",
  revealedHint: "В том виде, в каком их прислал автор жалобы: подлинность ничем не подтверждена.",
  nothingRevealed: "Сообщения не раскрыты.",
  messages: (count) =>
    plural(count, {
      one: "Касается # сообщения",
      few: "Касается # сообщений",
      many: "Касается # сообщений",
      other: "Касается # сообщения",
    }),
  closedAt: (date) => `Закрыта: ${date}`,
  resolve: "Решена",
  dismiss: "Отклонить",
  reopen: "Открыть снова",
  moved: { open: "Жалоба снова открыта.", resolved: "Жалоба решена.", dismissed: "Жалоба отклонена." },
};
