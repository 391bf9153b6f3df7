package io.holdfast.coordination;

import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What a client believes to be the generation. May be out of date: whoever relies on it makes
 * {@link Generation#key} a condition.
 */
final class GenerationCache {

  /** How often others may get in between when a namespace is given its first generation. */
  private static final int MOST_TRIES = 5;

  private volatile @Nullable Generation known;

  /** The one that is believed in, read first if there is none. */
  CompletableFuture<Generation> get(Session session) {
    Generation there = known;
    if (there != null) {
      return CompletableFuture.completedFuture(there);
    }
    return read(session)
        .thenApply(
            read -> {
              known = read;
              return read;
            });
  }

  void forget() {
    known = null;
  }

  /** Reads it from the cluster, and makes the first one in a namespace that has none. */
  static CompletableFuture<Generation> read(Session session) {
    return read(session, MOST_TRIES);
  }

  private static CompletableFuture<Generation> read(Session session, int triesLeft) {
    return session
        .names(Generation.OPEN, Consistency.LINEARIZABLE)
        .thenCompose(
            names -> {
              OptionalInt open = greatest(names);
              if (open.isPresent()) {
                return CompletableFuture.completedFuture(new Generation(open.getAsInt()));
              }
              if (triesLeft == 0) {
                throw new UnavailableException(
                    Generations.MARK + " is there, and no key below " + Generation.OPEN);
              }
              return makeFirst(session).thenCompose(made -> read(session, triesLeft - 1));
            });
  }

  private static OptionalInt greatest(List<String> names) {
    return names.stream()
        .filter(name -> name.matches("[0-9]{1,9}"))
        .mapToInt(Integer::parseInt)
        .max();
  }

  /** Guarded by a key that is never deleted, so that the first generation never comes again. */
  private static CompletableFuture<Boolean> makeFirst(Session session) {
    Generation first = new Generation(0);
    Transaction once =
        Transaction.EMPTY
            .require(new Transaction.Absent(Generations.MARK))
            .put(Generations.MARK, Payload.utf8(first.toString()))
            .put(first.key(), Payload.EMPTY);
    return session
        .commit(once)
        .handle(
            (done, failure) -> {
              Throwable cause =
                  failure instanceof CompletionException && failure.getCause() != null
                      ? failure.getCause()
                      : failure;
              if (cause instanceof UnavailableException || cause instanceof SessionLostException) {
                throw (CoordinationException) cause;
              }
              return failure == null;
            });
  }
}
