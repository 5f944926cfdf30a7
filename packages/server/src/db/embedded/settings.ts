// Given on the command line at every start, so an upgrade of Tacit can change them; what is not named here
// can be set in the cluster's postgresql.conf.
const SETTINGS: Record<string, string> = {
  // Marks the process as Tacit's: see previous-run.ts.
  cluster_name: "tacit",
  // The unix socket alone.
  listen_addresses: "",
  unix_socket_permissions: "0700",
  max_connections: "60",

  // Nothing that was acknowledged may be lost, not even by a power cut.
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",

  // Small: the system's own file cache does the rest.
  shared_buffers: "48MB",
  huge_pages: "off",
  work_mem: "4MB",
  maintenance_work_mem: "32MB",
  temp_buffers: "2MB",
  jit: "off",
  max_parallel_workers_per_gather: "0",
  max_worker_processes: "4",
  max_wal_senders: "2",
  max_replication_slots: "2",
  max_logical_replication_workers: "0",
  autovacuum_max_workers: "2",
  autovacuum_worker_slots: "3",
  // Reads are short and mostly cached: worker processes for them would only cost memory.
  io_method: "sync",

  // Many small commits: few checkpoints, their writes spread out, the files of the log reused.
  wal_buffers: "4MB",
  max_wal_size: "512MB",
  min_wal_size: "80MB",
  checkpoint_completion_target: "0.9",
  autovacuum: "on",
  // Solid-state disks are what such a server runs on.
  random_page_cost: "1.1",

  // No statement, parameter or row value may reach the log.
  logging_collector: "off",
  log_destination: "stderr",
  log_line_prefix: "%m [%p] ",
  log_timezone: "UTC",
  lc_messages: "C",
  log_statement: "none",
  log_min_duration_statement: "-1",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
  log_checkpoints: "off",
  timezone: "UTC",
};

/** PostgreSQL's command line options for every setting Tacit decides. */
export function settingOptions(): string[] {
  return Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** What in a process's command line shows that Tacit started it. */
export const TACIT_MARK = `cluster_name=${SETTINGS.cluster_name}`;
