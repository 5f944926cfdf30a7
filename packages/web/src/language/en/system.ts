/** Somebody in a sentence. */
export interface Who {
  readonly name: string;
  /** It is the reader. */
  readonly isMe: boolean;
}

const subject = ({ name, isMe }: Who) => (isMe ? "You" : name);
const object = ({ name, isMe }: Who) => (isMe ? "you" : name);
const are = ({ isMe }: Who) => (isMe ? "are" : "is");

/** English: what the server notes in a chat. */
export const system = {
  joined: (who: Who) => `${subject(who)} joined`,
  added: (by: Who, who: Who) => `${subject(by)} added ${object(who)}`,
  removed: (by: Who, who: Who) => `${subject(by)} removed ${object(who)}`,
  left: (who: Who) => `${subject(who)} left`,
  madeAdmin: (by: Who, who: Who) => `${subject(by)} made ${object(who)} an admin`,
  madeMember: (by: Who, who: Who) =>
    `${subject(who)} ${are(who)} no longer an admin: ${object(by)} decided so`,
  madeOwner: (by: Who, who: Who) => `${subject(by)} handed the ownership over to ${object(who)}`,
  unknown: "Something changed in this chat",
};
