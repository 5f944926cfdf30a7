import type { composer as english } from "../en/composer.ts";
import { pluralOf } from "../plural.ts";

const plural = pluralOf("ru");

/** Russian: composer. */
export const composer: typeof english = {
  message: "Сообщение",
  send: "Отправить",
  saveEdit: "Сохранить",
  editing: "Изменение сообщения",
  replyingTo: (name) => `Ответ: ${name}`,
  cancelEdit: "Не изменять",
  cancelReply: "Не отвечать",
  charactersLeft: (count) =>
    plural(count, {
      one: "Осталось место примерно для # символа",
      few: "Осталось место примерно для # символов",
      many: "Осталось место примерно для # символов",
      other: "Осталось место примерно для # символа",
    }),
  charactersOver: (count) =>
    plural(count, {
      one: "Длиннее, чем можно, примерно на # символ",
      few: "Длиннее, чем можно, примерно на # символа",
      many: "Длиннее, чем можно, примерно на # символов",
      other: "Длиннее, чем можно, примерно на # символа",
    }),
  draftNotKept:
    "Сейчас черновик не сохраняется на этом устройстве. Отправьте его, прежде чем закрыть страницу.",

  emoji: "Эмодзи",
  searchEmoji: "Поиск эмодзи",
  recentEmoji: "Недавние",
  noEmoji: "Такого эмодзи нет.",
  emojiFailed: "Не удалось загрузить эмодзи. Проверьте подключение.",
  skinTone: (tone) => `Цвет кожи: ${tone}`,
  tones: {
    none: "жёлтый",
    light: "светлый",
    "medium-light": "довольно светлый",
    medium: "средний",
    "medium-dark": "довольно тёмный",
    dark: "тёмный",
  },

  attach: "Прикрепить файлы",
  files: "Файлы",
  sendFiles: (count) =>
    plural(count, {
      one: "Отправка # файла",
      few: "Отправка # файлов",
      many: "Отправка # файлов",
      other: "Отправка # файла",
    }),
  addFiles: "Добавить файлы",
  caption: "Подпись",
  moveUp: (name) => `Переместить ${name} выше`,
  removeFile: (name) => `Убрать ${name}`,
  asFiles: "Отправить как файлы",
  asFilesHint: "Без предпросмотра в чате.",
  preparing: "Шифрование…",
  dropFiles: "Перетащите файлы сюда",
  dropFilesHint: "Перед отправкой их можно будет просмотреть.",
  refusals: {
    tooLarge: "больше 50 МБ, такой файл отправить нельзя.",
    empty: "файл пустой.",
    tooMany: "в одном сообщении может быть 32 файла. Отправьте его в следующем.",
    folder: "папку отправить нельзя. Выберите файлы в ней.",
  },
};
