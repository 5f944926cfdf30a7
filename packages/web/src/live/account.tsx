import type { Tacit } from "@tacit/client";
import {
  createContext,
  type DependencyList,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import type { Device } from "../device.ts";
import { Live, type Topic } from "./live.ts";

interface Account {
  readonly tacit: Tacit;
  readonly device: Device;
  readonly live: Live;
}

const AccountContext = createContext<Account | undefined>(undefined);

/** Gives everything inside the account that is open. */
export function AccountProvider({
  tacit,
  device,
  children,
}: {
  readonly tacit: Tacit;
  readonly device: Device;
  readonly children: ReactNode;
}) {
  const account = useMemo(() => ({ tacit, device, live: new Live(tacit) }), [tacit, device]);
  return <AccountContext value={account}>{children}</AccountContext>;
}

function useAccount(): Account {
  const account = use(AccountContext);
  if (!account) throw new Error("There is no AccountProvider around this.");
  return account;
}

/** The account that is open. */
export function useTacit(): Tacit {
  return useAccount().tacit;
}

/** The device that it is open on. */
export function useDevice(): Device {
  return useAccount().device;
}

/** A number that grows with every change of these topics, and draws the component anew. */
export function useVersion(...topics: readonly Topic[]): number {
  const { live } = useAccount();
  const key = topics.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the topics are told apart by what they say, not as objects.
  const version = useCallback(() => live.version(topics), [live, key]);
  return useSyncExternalStore(live.subscribe, version);
}

/** What a question is answered with, until the answer is there, and if it fails. */
export interface Answer<T> {
  /** The latest that came; it stays while the question is asked again. */
  readonly value: T | undefined;
  /** Why the latest try failed. */
  readonly error: unknown;
  /** Whether it is being asked. */
  readonly isLoading: boolean;
  /** Asks again. */
  readonly retry: () => void;
}

/**
 * Asks something that takes its time, again whenever a dependency changes; an answer to an outdated question is dropped.
 * What changes on this device comes in with `useVersion` among the dependencies.
 */
export function useAnswer<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  dependencies: DependencyList,
): Answer<T> {
  const [tries, setTries] = useState(0);
  const [answer, setAnswer] = useState<Omit<Answer<T>, "retry">>({
    value: undefined,
    error: undefined,
    isLoading: true,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what the question depends on.
  useEffect(() => {
    const over = new AbortController();
    setAnswer(({ value }) => ({ value, error: undefined, isLoading: true }));
    ask(over.signal).then(
      (value) => over.signal.aborted || setAnswer({ value, error: undefined, isLoading: false }),
      (error: unknown) =>
        over.signal.aborted || setAnswer(({ value }) => ({ value, error, isLoading: false })),
    );
    return () => over.abort();
  }, [...dependencies, tries]);
  return { ...answer, retry: useCallback(() => setTries((count) => count + 1), []) };
}
