import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startProxy, type TcpProxy } from "./network.ts";

let echo: Server;
let proxy: TcpProxy;

beforeEach(async () => {
  echo = createServer((socket) => socket.on("error", () => {}).pipe(socket));
  await once(echo.listen(0, "127.0.0.1"), "listening");
  proxy = await startProxy({ port: (echo.address() as AddressInfo).port });
});

afterEach(async () => {
  await proxy.close();
  echo.close();
});

async function dial(): Promise<Socket> {
  const socket = connect(proxy.port, proxy.host).on("error", () => {});
  await once(socket, "connect");
  return socket;
}

function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

async function answer(socket: Socket): Promise<string> {
  const [chunk] = await once(socket, "data");
  return String(chunk);
}

test("what is sent arrives, and a closed connection is closed on the other side", async () => {
  const socket = await dial();
  socket.end("hello");
  expect(await answer(socket)).toBe("hello");
  await ended(socket);
});

test("while paused nothing arrives, afterwards everything does", async () => {
  const socket = await dial();
  proxy.pause();
  socket.write("held back");
  const other = await dial();
  let arrived = false;
  const received = answer(socket).then((text) => {
    arrived = true;
    return text;
  });
  other.write("held back too");
  await new Promise(setImmediate);
  expect(arrived).toBe(false);
  proxy.resume();
  expect(await received).toBe("held back");
});

test("a cut line ends open connections and lets new ones through", async () => {
  const socket = await dial();
  socket.write("x");
  await answer(socket);
  proxy.cut();
  await ended(socket);
  const next = await dial();
  next.write("again");
  expect(await answer(next)).toBe("again");
  next.destroy();
});

test("a refusing line closes every connection until it accepts again", async () => {
  proxy.refuse();
  const refused = connect(proxy.port, proxy.host).on("error", () => {});
  await ended(refused);
  proxy.accept();
  const socket = await dial();
  socket.write("again");
  expect(await answer(socket)).toBe("again");
  socket.destroy();
});

test("a slow line holds everything back for its latency", async () => {
  proxy.delay(40);
  const socket = await dial();
  const started = performance.now();
  socket.write("x");
  await answer(socket);
  expect(performance.now() - started).toBeGreaterThan(75);
  socket.destroy();
});
