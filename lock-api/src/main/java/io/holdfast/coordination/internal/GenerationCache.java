package io.holdfast.coordination.internal;

import io.holdfast.coordination.CoordinationException;
import io.holdfast.coordination.Generation;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.coordination.UnreadableException;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.ReadAccess;
import io.holdfast.spi.Session;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The generation as a client knows it. May be out of date, so a write that relies on it has {@link
 * Generation#key} as a condition.
 */
public final class GenerationCache {

  /** Never deleted, and put by every change. */
  public static final Key MARK = Key.of("meta", "generation");

  /** How often others may get in between when a namespace is given its first generation. */
  private static final int MOST_TRIES = 5;

  private static final int MOST_SHOWN = 5;

  /** Guarded by this. */
  private @Nullable Generation known;

  /** Guarded by this. */
  private @Nullable Reading underWay;

  /** A read, and those who wait for it, in the order in which they asked. */
  private static final class Reading {
    private final Session session;

    /** Guarded by the cache. */
    private final List<CompletableFuture<Generation>> asked = new ArrayList<>();

    private Reading(Session session) {
      this.session = session;
    }
  }

  /**
   * The one that is believed in, read first if there is none. Those who ask while it is being read
   * share the answer, and get it in the order in which they asked, before whoever asks later: all
   * who wait for locks ask at once when there is a new session.
   */
  public CompletableFuture<Generation> get(Session session) {
    CompletableFuture<Generation> answer = new CompletableFuture<>();
    Reading reading;
    synchronized (this) {
      Generation there = known;
      if (there != null) {
        return CompletableFuture.completedFuture(there);
      }
      Reading before = underWay;
      if (before != null && before.session.equals(session)) {
        before.asked.add(answer);
        return answer;
      }
      reading = new Reading(session);
      reading.asked.add(answer);
      underWay = reading;
    }
    read(session).whenComplete((read, failure) -> answered(reading, read, failure));
    return answer;
  }

  private void answered(Reading reading, @Nullable Generation read, @Nullable Throwable failure) {
    List<CompletableFuture<Generation>> asked;
    synchronized (this) {
      if (underWay == reading) {
        underWay = null;
        known = read;
      }
      asked = List.copyOf(reading.asked);
    }
    for (CompletableFuture<Generation> each : asked) {
      if (read != null) {
        each.complete(read);
      } else if (failure != null) {
        each.completeExceptionally(failure);
      }
    }
  }

  /** What is being read now may be out of date, too. */
  public synchronized void forget() {
    known = null;
    underWay = null;
  }

  /** Reads it from the cluster, and makes the first one in a namespace that has none. */
  public static CompletableFuture<Generation> read(Session session) {
    return read(session, MOST_TRIES);
  }

  /** Like {@link #read}, and makes none: where there is none yet, the first one will come. */
  public static CompletableFuture<Generation> peek(ReadAccess reading) {
    return peek(reading, MOST_TRIES);
  }

  private static CompletableFuture<Generation> peek(ReadAccess reading, int triesLeft) {
    return look(reading)
        .thenCombine(mark(reading), GenerationCache::seen)
        .thenCompose(
            seen -> {
              if (seen.isPresent()) {
                return CompletableFuture.completedFuture(seen.get());
              }
              return triesLeft == 0
                  ? look(reading)
                      .thenApply(found -> inForce(found).orElseThrow(() -> unreadable(found)))
                  : peek(reading, triesLeft - 1);
            });
  }

  /** What the last change has put, if there was one. */
  public static CompletableFuture<Optional<Entry>> mark(ReadAccess reading) {
    return reading
        .list(MARK.parent(), Consistency.LINEARIZABLE)
        .thenApply(
            there ->
                there.entries().stream().filter(entry -> entry.key().equals(MARK)).findFirst());
  }

  private static Optional<Generation> seen(List<String> found, Optional<Entry> mark) {
    return found.isEmpty() && mark.isEmpty() ? Optional.of(new Generation(0)) : inForce(found);
  }

  /** A look while others raise it may show neither the one before nor the one after. */
  private static CompletableFuture<Generation> read(Session session, int triesLeft) {
    return look(session)
        .thenCompose(
            found -> {
              Optional<Generation> inForce = inForce(found);
              if (inForce.isPresent()) {
                return CompletableFuture.completedFuture(inForce.get());
              }
              if (triesLeft == 0) {
                throw unreadable(found);
              }
              return (found.isEmpty()
                      ? makeFirst(session)
                      : CompletableFuture.completedFuture(false))
                  .thenCompose(made -> read(session, triesLeft - 1));
            });
  }

  /** The greatest of the names that are one. */
  private static Optional<Generation> inForce(List<String> found) {
    return found.stream()
        .map(Generation::parse)
        .flatMap(Optional::stream)
        .max(Comparator.comparing(Generation::number));
  }

  private static UnreadableException unreadable(List<String> found) {
    return new UnreadableException(
        (found.isEmpty()
                ? MARK + " is there, but there is no key below " + Generation.OPEN
                : Generation.OPEN
                    + " holds "
                    + found.stream().limit(MOST_SHOWN).collect(Collectors.joining("', '", "'", "'"))
                    + ", which is no generation (0 to "
                    + Generation.GREATEST
                    + ")")
            + ": no lock can be taken until an operator puts one there that is greater than all"
            + " that were in use, with holdfast generation bump --to N --yes");
  }

  /**
   * The names of all keys where generations are kept. Names may be those of directories; but hardly
   * ever is there more than one.
   */
  public static CompletableFuture<List<String>> look(ReadAccess reading) {
    return reading
        .names(Generation.OPEN, Consistency.LINEARIZABLE)
        .thenCompose(
            names ->
                names.size() == 1 && inForce(names).isPresent()
                    ? CompletableFuture.completedFuture(names)
                    : reading
                        .list(Generation.OPEN, Consistency.LINEARIZABLE)
                        .thenApply(
                            there ->
                                there.entries().stream()
                                    .map(entry -> entry.key().name())
                                    .toList()));
  }

  /** Guarded by a key that is never deleted, so that the first generation never comes again. */
  private static CompletableFuture<Boolean> makeFirst(Session session) {
    Generation first = new Generation(0);
    Transaction once =
        Transaction.EMPTY
            .require(new Transaction.Absent(MARK))
            .put(MARK, Payload.utf8(first.toString()))
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
