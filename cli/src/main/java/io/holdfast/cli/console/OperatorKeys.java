package io.holdfast.cli.console;

import io.holdfast.coordination.Coordinator;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The operators of a namespace who have keys. Found with {@link java.util.ServiceLoader}; without
 * one the namespace has none.
 */
public interface OperatorKeys {

  /** The names of those whom nobody has revoked. */
  CompletableFuture<Set<String>> operators(Coordinator coordinator);

  /**
   * Whose key it is.
   *
   * @param key a secret; never quoted
   * @return fails with an {@link IllegalArgumentException} if it is not the valid key of an
   *     operator
   */
  CompletableFuture<String> owner(Coordinator coordinator, String key);
}
