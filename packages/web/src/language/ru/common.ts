import type { common as english } from "../en/common.ts";

/** Russian: what is said everywhere. */
export const common: typeof english = {
  appName: "Tacit",
  cancel: "Отмена",
  close: "Закрыть",
  back: "Назад",
  save: "Сохранить",
  done: "Готово",
  delete: "Удалить",
  retry: "Повторить",
  undo: "Отменить",
  copy: "Копировать",
  copied: "Скопировано",
  search: "Поиск",
  more: "Ещё",
  loading: "Загрузка…",
  partFailed: "Не удалось загрузить эту часть Tacit.",
  you: "Вы",
  deletedAccount: "Удалённый аккаунт",
  showPassword: "Показать пароль",
  hidePassword: "Скрыть пароль",
  dismiss: "Скрыть",
  chooseConversation: "Выберите чат",
  chooseConversationHint: "Или начните новый. Зашифрованное могут прочесть только участники чата.",
  updateReady: "Готова новая версия Tacit.",
  updateNow: "Обновить",
};
