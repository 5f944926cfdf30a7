export {
  type ProcessEnd,
  ServerNotStarted,
  type ServerProcess,
  type SpawnOptions,
  spawnTestServer,
} from "./child-server.ts";
export { ContractViolation, checkAnswer, checkFrame } from "./contract-check.ts";
export { type Convergence, checkConvergence } from "./convergence/check.ts";
export { type Person, registerPeople } from "./convergence/people.ts";
export { type Schedule, schedules } from "./convergence/schedule.ts";
export { type CrashReport, runCrashCycles, type Victim } from "./crash-cycles.ts";
export { type EncodedForm, encodeForm, type FormPart, formEnd, formHeaders, partHead } from "./form.ts";
export { FRAMES_PER_SEED, FrameFuzzer, type FuzzTarget } from "./frame-fuzzer/fuzzer.ts";
export { type HttpAnswer, type HttpRequest, sendRequest } from "./http-request.ts";
export * from "./legacy-crypto.ts";
export { LogCatcher } from "./log-catcher.ts";
export { type ProxyTarget, startProxy, type TcpProxy } from "./network.ts";
export { SeededRandom } from "./random.ts";
export { registerSecret } from "./secrets.ts";
export {
  type Answer,
  type ClientOptions,
  expectStatus,
  type Identity,
  type RegisterOptions,
  type RequestOptions,
  registration,
  TestClient,
} from "./test-client.ts";
export { createTestDatabase, type TestDatabase, type TestSql } from "./test-database.ts";
export { testRun } from "./test-run.ts";
export { startTestServer, type TestServer, testConfig } from "./test-server.ts";
export { type SocketClosed, type SocketOptions, SocketRefused, type TestSocket } from "./test-socket.ts";
export {
  type Direction,
  type Slowness,
  startUnreliableNetwork,
  type UnreliableNetwork,
} from "./unreliable-network.ts";
