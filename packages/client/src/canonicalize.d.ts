// The package's own declaration describes an ES module, but it is CommonJS: its function is what one imports by default.
declare module "canonicalize" {
  /** JSON in its canonical form (RFC 8785); `undefined` for what JSON cannot say. Throws for NaN and infinity. */
  export default function canonicalize(value: unknown): string | undefined;
}
