package io.holdfast.registry;

/** What a caller has seen of an instance with its own eyes: see {@link ServiceView#report}. */
public enum CallResult {
  /** It could not be reached. One that is held goes at once; one that vanishes is not held. */
  FAILED,
  /** It answered. Takes back an earlier {@link #FAILED}. */
  ANSWERED
}
