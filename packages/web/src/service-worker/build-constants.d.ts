/** Every file of the app's shell, with the hash of what it holds; put in by `scripts/service-worker-plugin.ts`. */
declare const __SHELL__: readonly (readonly [path: string, integrity: string])[];
declare const __SHELL_VERSION__: string;
declare const __EMOJI_VERSION__: string;
