import type { attachments as english } from "../en/attachments.ts";

/** Russian: attachments. */
export const attachments: typeof english = {
  show: (name) => `Показать ${name}`,
  play: (name) => `Воспроизвести ${name}`,
  listen: "Слушать",
  download: (name) => `Скачать ${name}`,
  tryAgain: (name) => `Скачать ${name} ещё раз`,
  downloading: (name) => `Скачивается ${name}`,
  downloaded: (done, total) => `${done} из ${total}`,
  cancelDownload: "Отменить скачивание",
  uploading: "Отправка",
  uploaded: (done, total) => `Отправлено ${done} из ${total}`,
  cancelUpload: "Не отправлять",
  waitingForNetwork: "Ожидание сети",
  broken: "Не удалось показать это изображение.",
  brokenVideo: "Это видео нельзя показать здесь.",
  brokenSound: "Эту запись нельзя воспроизвести здесь.",
  viewer: "Изображение",
  previous: "Предыдущее изображение",
  next: "Следующее изображение",
  place: (place, count) => `${place} из ${count}`,
};
