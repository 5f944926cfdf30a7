import type { RecoveryProof } from "../account/recovery-proof.ts";
import { TacitError } from "../errors.ts";
import type { RecoveryWords } from "./commands.ts";

/** New recovery words that nobody has proven yet. */
export class Proofs {
  readonly #open = new Map<string, RecoveryProof>();

  keep(proof: RecoveryProof): RecoveryWords {
    const id = crypto.randomUUID();
    this.#open.set(id, proof);
    return { id, words: proof.words, positions: proof.positions };
  }

  async confirm(id: string, answers: readonly string[]): Promise<boolean> {
    const proof = this.#open.get(id);
    if (!proof)
      throw new TacitError("not_possible", "These recovery words have been proven, or others made.");
    const proven = await proof.confirm(answers);
    if (proven) this.#open.delete(id);
    return proven;
  }
}
