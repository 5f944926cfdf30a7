import { readdirSync, readFileSync } from "node:fs";

/** Bytes that a process occupies in memory, shared libraries included. */
export function residentBytes(pid: number): number {
  return kibibytes(readFileSync(`/proc/${pid}/status`, "utf8"), "VmRSS");
}

/**
 * Bytes of a process and its descendants, with what they share counted once (PSS): the processes of PostgreSQL share a
 * buffer that the sum of their resident sizes would count many times.
 */
export function proportionalBytes(pid: number): number {
  return processTree(pid)
    .map((member) => kibibytes(readFileSync(`/proc/${member}/smaps_rollup`, "utf8"), "Pss"))
    .reduce((sum, bytes) => sum + bytes, 0);
}

/** Seconds of CPU that a process and its descendants have used, also those that have ended. */
function cpuSeconds(pid: number): number {
  return processTree(pid)
    .map((member) => statOf(member))
    .map(({ own, ended }) => (own + ended) / TICKS_PER_SECOND)
    .reduce((sum, seconds) => sum + seconds, 0);
}

/** Seconds of CPU that a server and its database have used, apart from each other. */
export function serverCpu({ pid, postgresPid }: { readonly pid: number; readonly postgresPid: number }) {
  const [all, postgres] = [cpuSeconds(pid), cpuSeconds(postgresPid)];
  return { server: all - postgres, postgres };
}

/** Whether a process group still has a process that runs; one that nobody has waited for no longer counts. */
export function groupLives(group: number): boolean {
  return allProcesses().some((pid) => {
    const stat = statOrNull(pid);
    return stat !== null && stat.group === group && stat.state !== "Z";
  });
}

/** USER_HZ, which Linux fixes at 100 for what it shows to programs. */
const TICKS_PER_SECOND = 100;

function kibibytes(text: string, field: string): number {
  return 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? Number.NaN);
}

function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of allProcesses()) {
    const parent = statOrNull(pid)?.parent;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const withDescendants = (pid: number): number[] => [
    pid,
    ...(children.get(pid) ?? []).flatMap(withDescendants),
  ];
  return withDescendants(root);
}

function allProcesses(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

interface Stat {
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  /** Ticks of CPU: its own, and those of its children that have ended. */
  readonly own: number;
  readonly ended: number;
}

/** null if it ended while the list was read. */
function statOrNull(pid: number): Stat | null {
  try {
    return statOf(pid);
  } catch {
    return null;
  }
}

/** Fields of proc_pid_stat(5), which follow the name in parentheses. */
function statOf(pid: number): Stat {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const sum = (first: number) => Number(fields[first]) + Number(fields[first + 1]);
  return {
    state: fields[0] ?? "",
    parent: Number(fields[1]),
    group: Number(fields[2]),
    own: sum(11),
    ended: sum(13),
  };
}
