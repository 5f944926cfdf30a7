import { createServer, type Server } from "node:http";
import type { Logger } from "pino";
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What is measured, for Prometheus. Nothing in it names a person or a chat. */
export interface Metrics {
  readonly registry: Registry;
  /** Seconds from a request to its answer, by route and status. */
  readonly requestSeconds: Histogram<"method" | "route" | "status">;
  /** Messages per transaction of the write batch. */
  readonly batchRows: Histogram;
}

/** @param openSockets read whenever the metrics are. */
export function createMetrics(openSockets: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "tacit_sockets",
    help: "Open WebSockets on this node",
    registers: [registry],
    collect() {
      this.set(openSockets());
    },
  });
  return {
    registry,
    requestSeconds: new Histogram({
      name: "tacit_http_request_seconds",
      help: "Time to answer a request",
      labelNames: ["method", "route", "status"],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers: [registry],
    }),
    batchRows: new Histogram({
      name: "tacit_write_batch_rows",
      help: "Messages per transaction",
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers: [registry],
    }),
  };
}

/** Serves `GET /metrics` on a loopback-only port. A taken port is logged and costs the metrics, not the server. */
export async function serveMetrics({ registry }: Metrics, port: number, log: Logger): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => {
    server.once("error", (error) => {
      log.warn({ err: error, port }, "no metrics: the port cannot be used");
      resolve();
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}
