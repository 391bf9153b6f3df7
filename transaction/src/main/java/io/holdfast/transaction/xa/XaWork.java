package io.holdfast.transaction.xa;

/** What a branch does with a connection, between the start and the end of its XA branch. */
@FunctionalInterface
public interface XaWork<C> {

  /**
   * Works. Blocks. Must neither commit nor roll back, nor keep the connection. Whatever it throws,
   * the branch refuses.
   */
  void run(C session);
}
