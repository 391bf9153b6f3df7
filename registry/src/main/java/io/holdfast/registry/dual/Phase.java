package io.holdfast.registry.dual;

/** How far the move of a service has come: which registry's instances count. */
public enum Phase {
  /** The old registry's alone. */
  OLD_ONLY,
  /** Both; the old one's where they differ. */
  PREFER_OLD,
  /** Both; the new one's where they differ. */
  PREFER_NEW,
  /** The new registry's alone. */
  NEW_ONLY;

  boolean countsOld() {
    return this != NEW_ONLY;
  }

  boolean countsNew() {
    return this != OLD_ONLY;
  }

  boolean prefersNew() {
    return this == PREFER_NEW || this == NEW_ONLY;
  }
}
