package io.holdfast.demo.operators;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.coordination.Coordinator;
import io.holdfast.payment.security.CallerAdmin;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import picocli.CommandLine.Mixin;

/** The options of a command that changes a caller, and one change. */
final class CallerChanges {

  @Mixin private ClusterConnection connection = new ClusterConnection();

  /**
   * Makes a change.
   *
   * @throws NotFoundException if there is no such caller or key
   */
  <T> T make(Function<CallerAdmin, CompletableFuture<T>> change) {
    try (Coordinator coordinator = connection.open()) {
      return connection.await(change.apply(new CallerAdmin(coordinator)));
    } catch (NoSuchElementException e) {
      throw new NotFoundException(String.valueOf(e.getMessage()));
    }
  }
}
