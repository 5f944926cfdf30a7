import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { testRun } from "@tacit/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { filmOf } from "../fixtures/code-film.ts";
import { openPane } from "../fixtures/information-pane.ts";
import { HOW_TO_RUN, hasChromium, type Person, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: scanning safety codes, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("scanning the code on the other side's screen", () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let chatId: number;
  /** What the camera shows. */
  let film: string;
  beforeAll(async () => {
    film = join(testRun().directory, `camera-${process.pid}.y4m`);
    await writeFile(film, filmOf("nothing yet"));
    town = await startWebTown({}, [
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${film}`,
    ]);
    [alice, bob] = await Promise.all([town.person("Alice"), town.person("Bob")]);
    chatId = (await alice.tacit.chats.withUser(bob.username)).id;
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town.close());

  async function scanning(code: string, mayUseCamera = true) {
    await writeFile(film, filmOf(code));
    const page = await alice.open(PHONE_WITH_CAMERA(mayUseCamera));
    const pane = await openPane(page, chatId);
    await pane.getByRole("button", { name: "Scan code" }).click();
    return { page, pane, dialog: page.getByRole("dialog", { name: "Scan the code of Bob" }) };
  }

  it("finds that they match, and then marks the person as verified", async () => {
    const { dialog, pane } = await scanning(await bob.tacit.people.safetyQr(alice.tacit));
    await dialog.getByText("They match: nobody is between you and Bob.").waitFor();
    await dialog.getByRole("button", { name: "Mark as verified" }).click();
    await pane.getByText("Verified on Today").waitFor();
    expect(await pane.getByRole("switch", { name: "Verified" }).isChecked()).toBe(true);
  });

  it("warns of a code that does not match", async () => {
    const mallory = await town.person("Mallory");
    const { dialog } = await scanning(await mallory.tacit.people.safetyQr(alice.tacit));
    await dialog.getByRole("alert").getByText("They do not match.").waitFor();
    expect(await dialog.getByRole("button", { name: "Mark as verified" }).count()).toBe(0);
    await writeFile(film, filmOf(await bob.tacit.people.safetyQr(alice.tacit)));
    await dialog.getByRole("button", { name: "Scan again" }).click();
    await dialog.getByText("They match").waitFor();
  });

  it("goes on looking after a code of something else", async () => {
    const { dialog } = await scanning("https://example.org/menu");
    await dialog.getByText("This is not a safety code of Tacit").waitFor();
    await dialog.getByLabel("What the camera sees").waitFor();
  });

  it("says how to go on when the camera is refused", async () => {
    const { dialog } = await scanning("nothing", false);
    await dialog.getByText("Tacit may not use the camera.").waitFor();
    await dialog.getByText("compare the numbers by eye").waitFor();
  });
});

const PHONE_WITH_CAMERA = (mayUseCamera: boolean) => ({
  viewport: PHONE,
  ...(mayUseCamera && { permissions: ["camera"] }),
});
