import { TestClient } from "../test-client.ts";
import type { TestServer } from "../test-server.ts";

/** People and devices at most in a schedule. */
const PEOPLE = 4;
const DEVICES = 3;

/** Somebody with signed-in devices. */
export interface Person {
  readonly id: number;
  readonly clients: readonly TestClient[];
}

/** Registering is slow on purpose, so the same people take part in every schedule. */
export async function registerPeople(server: TestServer): Promise<Person[]> {
  return await Promise.all(Array.from({ length: PEOPLE }, () => registerPerson(server)));
}

async function registerPerson(server: TestServer): Promise<Person> {
  const first = await TestClient.register(server);
  const others = await Promise.all(Array.from({ length: DEVICES - 1 }, () => first.onAnotherDevice()));
  return { id: first.id, clients: [first, ...others] };
}
