package io.holdfast.etcd.internal.session;

/** The latest revision that a session has seen; nothing older is shown to it. In the context. */
public final class SeenRevision {

  private long value;

  public void raise(long revision) {
    value = Math.max(value, revision);
  }

  /** True if an answer of this revision lags behind what was seen. */
  public boolean isAfter(long revision) {
    return value > revision;
  }
}
