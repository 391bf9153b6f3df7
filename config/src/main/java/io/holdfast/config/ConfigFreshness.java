package io.holdfast.config;

/** Where a {@link ConfigSnapshot} comes from, and so how far it can be trusted. */
public enum ConfigFreshness {
  /** From the cluster, and the watch is active, as far as is known. */
  LIVE,
  /**
   * The last one from the cluster; there is no connection to it now. Also before its first answer.
   */
  STALE,
  /** From this machine's disk, written by an earlier run. */
  DISK
}
