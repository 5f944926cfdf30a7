export { type App, startApp } from "./app.ts";
export { type Config, ConfigError, readConfig } from "./config.ts";
export { createLogger } from "./logger.ts";
