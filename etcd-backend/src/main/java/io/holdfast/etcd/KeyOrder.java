package io.holdfast.etcd;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Lets a session's operations on the same keys pass one after the other, in the order given; others
 * pass at once. Requests go to several servers, so that etcd itself keeps no order between them.
 *
 * <p>Used in the context only.
 */
final class KeyOrder {

  /** By path: the last operation on it that is not over. */
  private final Map<String, CompletableFuture<?>> last = new HashMap<>();

  /** Runs a write once every earlier one on any of {@code paths} is over. */
  <T> CompletableFuture<T> write(
      Collection<String> paths, Supplier<CompletableFuture<T>> operation) {
    CompletableFuture<?>[] before =
        paths.stream().map(last::get).filter(Objects::nonNull).toArray(CompletableFuture[]::new);
    CompletableFuture<T> over = new CompletableFuture<>();
    paths.forEach(path -> last.put(path, over));
    after(before, operation)
        .whenComplete(
            (value, failure) -> {
              paths.forEach(path -> last.remove(path, over));
              if (failure == null) {
                over.complete(value);
              } else {
                over.completeExceptionally(Failures.unwrapped(failure));
              }
            });
    return over;
  }

  /** Runs a read once every earlier write on a path that begins with {@code prefix} is over. */
  <T> CompletableFuture<T> read(String prefix, Supplier<CompletableFuture<T>> operation) {
    CompletableFuture<?>[] before =
        last.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(prefix))
            .map(Map.Entry::getValue)
            .toArray(CompletableFuture[]::new);
    return after(before, operation);
  }

  private static <T> CompletableFuture<T> after(
      CompletableFuture<?>[] before, Supplier<CompletableFuture<T>> operation) {
    return before.length == 0
        ? operation.get()
        : CompletableFuture.allOf(before)
            .handle((all, failure) -> operation.get())
            .thenCompose(started -> started);
  }
}
