import { describe, expect, it } from "vitest";
import { en } from "../language/en/index.ts";
import { ru } from "../language/ru/index.ts";
import { type SystemNotice, systemText } from "./system-text.ts";

const names = (id: number) => ({ name: ["", "Me", "Anna", "Boris"][id] ?? "", isMe: id === 1 });
const inEnglish = (notice: SystemNotice) => systemText(notice, names, en);
const inRussian = (notice: SystemNotice) => systemText(notice, names, ru);

describe("what the server notes in a chat", () => {
  it("is said with the reader as you", () => {
    expect(inEnglish({ event: "member_added", actor_id: 1, user_id: 2 })).toBe("You added Anna");
    expect(inEnglish({ event: "member_added", actor_id: 2, user_id: 1 })).toBe("Anna added you");
    expect(inEnglish({ event: "member_left", actor_id: 1 })).toBe("You left");
    expect(inEnglish({ event: "role_changed", actor_id: 2, user_id: 1, role: "admin" })).toBe(
      "Anna made you an admin",
    );
  });

  it("names whoever did it and whom it is about", () => {
    expect(inEnglish({ event: "member_removed", actor_id: 3, user_id: 2 })).toBe("Boris removed Anna");
    expect(inEnglish({ event: "owner_changed", actor_id: 3, user_id: 2 })).toBe(
      "Boris handed the ownership over to Anna",
    );
    expect(inEnglish({ event: "role_changed", actor_id: 3, user_id: 2, role: "member" })).toBe(
      "Anna is no longer an admin: Boris decided so",
    );
  });

  it("is said in Russian without guessing at anybody's gender or declining a name", () => {
    expect(inRussian({ event: "member_added", actor_id: 3, user_id: 2 })).toBe(
      "Anna теперь в чате. Кто добавил: Boris",
    );
    expect(inRussian({ event: "member_left", actor_id: 2 })).toBe("Anna больше не в чате");
    expect(inRussian({ event: "member_removed", actor_id: 3, user_id: 1 })).toBe(
      "Вы больше не в чате. Кто исключил: Boris",
    );
  });

  it("of a newer server has a sentence too", () => {
    const newer = { event: "something_else", actor_id: 2, user_id: 3 } as unknown as SystemNotice;
    expect(inEnglish(newer)).toBe("Something changed in this chat");
  });
});
