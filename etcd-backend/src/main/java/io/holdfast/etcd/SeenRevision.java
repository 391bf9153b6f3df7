package io.holdfast.etcd;

/** The latest revision that a session has seen; nothing older is shown to it. In the context. */
final class SeenRevision {

  private long value;

  void raise(long revision) {
    value = Math.max(value, revision);
  }

  /** True if an answer of this revision lags behind what was seen. */
  boolean isAfter(long revision) {
    return value > revision;
  }
}
