import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startUnreliableNetwork, type UnreliableNetwork } from "./unreliable-network.ts";

/** Repeats what it hears, and remembers it by connection. */
let echo: Server;
let heard: Buffer[];
let network: UnreliableNetwork;

beforeEach(async () => {
  heard = [];
  echo = createServer((socket) => {
    const index = heard.push(Buffer.alloc(0)) - 1;
    socket.on("error", () => {});
    socket.on("data", (octets) => {
      heard[index] = Buffer.concat([heard[index] ?? Buffer.alloc(0), octets]);
      socket.write(octets);
      echo.emit("heard");
    });
    socket.on("end", () => socket.end());
  });
  await once(echo.listen(0, "127.0.0.1"), "listening");
  network = await startUnreliableNetwork(() => ({ port: (echo.address() as AddressInfo).port }), "a seed");
});

afterEach(async () => {
  await network.close();
  echo.close();
});

async function dial(): Promise<Socket> {
  const socket = connect(network.port, network.host).on("error", () => {});
  await once(socket, "connect");
  return socket;
}

function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

/** The next so many octets. */
async function read(socket: Socket, octets: number): Promise<string> {
  let text = "";
  while (text.length < octets) text += String((await once(socket, "data"))[0]);
  return text;
}

/** Everything until the connection is gone. */
async function rest(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (octets) => {
    text += String(octets);
  });
  await ended(socket);
  return text;
}

async function untilHeard(holds: () => boolean): Promise<void> {
  while (!holds()) await once(echo, "heard");
}

test("without trouble everything arrives, in order, and both sides hear the end", async () => {
  const socket = await dial();
  socket.write("hello, ");
  socket.end("world");
  expect(await rest(socket)).toBe("hello, world");
});

test("on a slow line everything takes its time, and nothing overtakes", async () => {
  network.slow({ latency: 20, jitter: 30 });
  const socket = await dial();
  const started = performance.now();
  const numbers = Array.from({ length: 10 }, (_, number) => String(number));
  for (const number of numbers) {
    socket.write(number);
    await new Promise(setImmediate);
  }
  expect(await read(socket, 10)).toBe(numbers.join(""));
  expect(performance.now() - started).toBeGreaterThan(39);
});

test("a narrow line takes longer for more", async () => {
  network.slow({ bandwidth: 10 });
  const socket = await dial();
  const started = performance.now();
  socket.write("x".repeat(500));
  await read(socket, 500);
  // 500 octets there and 500 back, 10 in a millisecond; timers may be a millisecond early.
  expect(performance.now() - started).toBeGreaterThan(90);
});

test("on a stalled line nothing arrives, and everything does once it has healed", async () => {
  const socket = await dial();
  network.stall();
  socket.write("held back");
  const other = await dial();
  other.write("this too");
  // Another way to the same server takes as long as this one would.
  const direct = connect((echo.address() as AddressInfo).port, "127.0.0.1");
  direct.write("past it");
  await read(direct, 7);
  expect(heard.map(String).filter((text) => text !== "")).toEqual(["past it"]);
  network.heal();
  expect(await read(socket, 9)).toBe("held back");
  expect(await read(other, 8)).toBe("this too");
});

test("of questions that get lost, the server hears a part at most, and never what comes after it", async () => {
  const socket = await dial();
  network.swallow("up");
  const text = "a question ".repeat(500);
  socket.write(text);
  await untilHeard(() => heard[0] !== undefined && heard[0].byteLength > 0);
  const closed = ended(socket);
  network.heal();
  await closed;
  const there = String(heard[0]);
  expect(text.startsWith(there)).toBe(true);
  expect(there.length).toBeLessThan(2_000);
});

test("answers get lost although the server has heard all of the question", async () => {
  const socket = await dial();
  network.swallow("down");
  const text = "a question ".repeat(500);
  const answer = rest(socket);
  socket.write(text);
  await untilHeard(() => heard[0]?.byteLength === text.length);
  network.heal();
  expect((await answer).length).toBeLessThan(2_000);
  const next = await dial();
  next.write("again");
  expect(await read(next, 5)).toBe("again");
});

test("a line is cut in the middle of what is said", async () => {
  const socket = await dial();
  network.cutAfter(4, "up");
  const closed = ended(socket);
  socket.write("halfway");
  await untilHeard(() => heard[0]?.byteLength === 4);
  await closed;
  expect(String(heard[0])).toBe("half");
});

test("a refusing line closes every connection, old and new, until it has healed", async () => {
  const old = await dial();
  const closed = ended(old);
  network.refuse();
  await closed;
  await ended(connect(network.port, network.host).on("error", () => {}));
  network.heal();
  const socket = await dial();
  socket.write("again");
  expect(await read(socket, 5)).toBe("again");
});

test("what a client has sent is played a second time to the server, and the client hears nothing of it", async () => {
  const socket = await dial();
  socket.write("once");
  expect(await read(socket, 4)).toBe("once");
  expect(network.repeat()).toBe(true);
  await untilHeard(() => heard.length === 2 && heard[1]?.byteLength === 4);
  expect(heard.map(String)).toEqual(["once", "once"]);
  socket.end("!");
  expect(await rest(socket)).toBe("!");
});

test("where nothing was sent there is nothing to repeat, nor what shall not be", async () => {
  const socket = await dial();
  expect(network.repeat()).toBe(false);
  socket.write("once");
  await read(socket, 4);
  expect(network.repeat((sent) => String(sent) !== "once")).toBe(false);
});

test("the same seed loses the same octets", async () => {
  const lost = async () => {
    await using other = await startUnreliableNetwork(
      () => ({ port: (echo.address() as AddressInfo).port }),
      42,
    );
    other.swallow("down");
    const socket = connect(other.port, other.host).on("error", () => {});
    const answer = rest(socket);
    const before = heard.length;
    socket.write("x".repeat(3_000));
    await untilHeard(() => heard[before]?.byteLength === 3_000);
    other.heal();
    return (await answer).length;
  };
  const first = await lost();
  expect(await lost()).toBe(first);
});
