import type { OutboxDelays } from "../outbox/lanes.ts";
import type { SyncDelays } from "../sync/dependencies.ts";
import type { ConnectionDelays } from "../transport/connection.ts";

/** How long the parts of an account wait for what, in milliseconds; what is left out is as each part has it. */
export interface Delays {
  readonly connection?: Partial<ConnectionDelays>;
  readonly sync?: SyncDelays;
  readonly outbox?: Partial<OutboxDelays>;
  /** Without progress after which a transfer has failed. */
  readonly transfer?: number;
}
