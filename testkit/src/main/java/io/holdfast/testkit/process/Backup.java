package io.holdfast.testkit.process;

/** A copy that was made of a store's data. */
public interface Backup {

  /** Ends every server, sets the store back to the copy, and waits until all serve. */
  void restore();
}
