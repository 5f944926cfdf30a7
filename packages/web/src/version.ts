/** Put in by `vite.config.ts`, out of `package.json`. */
declare const __APP_VERSION__: string;

/** Version of the app, as `1.2.3`. */
export const VERSION = __APP_VERSION__;
