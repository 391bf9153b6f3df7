package io.holdfast.registry;

/** Where a {@link ServiceSnapshot} comes from, and so how far it can be trusted. */
public enum Freshness {
  /** From the cluster, and the watch is active, as far as is known. */
  LIVE,
  /** The last snapshot from the cluster; there is no connection to it now. */
  STALE,
  /** From this machine's disk, written by an earlier run. */
  DISK,
  /** Holds instances that the cluster no longer names, because too many vanished at once. */
  PROTECTED
}
