import type { network as english } from "../en/network.ts";

/** Russian: the state of the network. */
export const network: typeof english = {
  connecting: "Соединение…",
  offline: "Нет связи. Написанное отправится, когда она появится.",
  nextTry: (time: string) => `Следующая попытка через ${time}`,
  tryNow: "Попробовать сейчас",
  trying: "Пробуем…",
  catchingUp: "Загружаем новое…",
  backOnline: "Связь восстановлена",

  signedOutTitle: "Сеанс завершён",
  signedOut:
    "Сервер завершил этот сеанс, возможно, с другого вашего устройства. Всё, что есть здесь, можно читать, а написанное подождёт, пока вы снова не войдёте.",
  signInAgain: "Войти снова",
  removeHere: "Удалить с этого устройства",
};
