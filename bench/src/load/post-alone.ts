import { request } from "node:http";

/** A POST of JSON on a connection of its own, as that of somebody else. @throws {Error} if the answer is a refusal. */
export async function postAlone(url: string, body: object, token: string): Promise<void> {
  const text = Buffer.from(JSON.stringify(body));
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "content-length": text.length,
    };
    const asked = request(url, { method: "POST", agent: false, headers }, (answer) => {
      answer
        .once("error", reject)
        .once("end", () => resolve(answer.statusCode))
        .resume();
    });
    asked.once("error", reject).end(text);
  });
  if (status !== 200) throw new Error(`POST ${url} answered ${status}`);
}
