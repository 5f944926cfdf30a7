import type { Person } from "@tacit/client";
import { useState } from "react";
import type { Device } from "../../device.ts";
import { useDevice, useTacit } from "../../live/account.tsx";

/** What somebody has filled in of a new group or channel. */
export interface GroupForm {
  readonly title: string;
  readonly encrypted: boolean;
  readonly members: readonly Person[];
}

type Forms = Partial<Record<"group" | "channel", GroupForm>>;

const EMPTY: GroupForm = { title: "", encrypted: true, members: [] };

/** Kept with the device: whoever has to sign in again finds it where they left it, and nobody else does. */
const kept = new WeakMap<Device, { readonly accountId: number; readonly forms: Forms }>();

/** A form that stays as it is while somebody looks elsewhere, until it is cleared. */
export function useKeptForm(kind: "group" | "channel") {
  const { id } = useTacit();
  const device = useDevice();
  const formsOf = () => {
    const known = kept.get(device);
    return known?.accountId === id ? known.forms : {};
  };
  const [form, setForm] = useState(() => formsOf()[kind] ?? EMPTY);
  const put = (next: GroupForm) => {
    setForm(next);
    kept.set(device, { accountId: id, forms: { ...formsOf(), [kind]: next } });
  };
  return {
    form,
    isBegun: form.title !== "" || form.members.length > 0 || !form.encrypted,
    change: (part: Partial<GroupForm>) => put({ ...form, ...part }),
    clear: () => put(EMPTY),
  };
}
