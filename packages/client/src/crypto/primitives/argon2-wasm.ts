// A module of its own, so that a bundle that loads it later holds of the library only this.
export { argon2id } from "hash-wasm";
