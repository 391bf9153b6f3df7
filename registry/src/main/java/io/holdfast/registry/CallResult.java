package io.holdfast.registry;

/** What a caller observed when it called an instance: see {@link ServiceView#report}. */
public enum CallResult {
  /**
   * It could not be reached. A held instance is dropped at once; if the instance vanishes later, it
   * is not held.
   */
  FAILED,
  /** It answered. Cancels an earlier {@link #FAILED}. */
  ANSWERED
}
