package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.RemovedFromQueueException;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells waiters that an operator has removed their place.
 *
 * <p>A forced release leaves a notice, {@code removed/TIME-RANDOM}, in the transaction that deletes
 * the places. It names the places, the operator and the reason. While a thread of this process has
 * waited for longer than a moment, its session watches that directory: one watch for all waiters,
 * none if there is no waiter. Notices stay for {@link #KEPT}, and then until the next forced
 * release deletes them. So a waiter whose place is gone can find out later, too, whether an
 * operator removed it.
 *
 * <p>Used in the coordinator's context only.
 */
public final class RemovalNotices {

  private static final Key DIRECTORY = Key.of("removed");
  private static final String PLACES = "places";
  private static final String REASON = "reason";

  /** A shorter wait costs no watch. */
  private static final Duration MOMENT = Duration.ofMillis(300);

  private static final Duration KEPT = Duration.ofMinutes(10);

  /** Keeps a transaction within the limits of every backend. */
  private static final int MOST_TRIMMED = 16;

  /**
   * A forced release.
   *
   * @param places the places that were deleted
   * @param by the operator
   * @param reason the reason that the operator gave
   */
  record Notice(Set<Key> places, Owner by, String reason) {

    private static Optional<Notice> decode(Entry entry) {
      return Owner.decode(entry.payload()).flatMap(Notice::of);
    }

    private static Optional<Notice> of(Owner by) {
      String places = by.attributes().get(PLACES);
      String reason = by.attributes().getOrDefault(REASON, "");
      try {
        return Optional.ofNullable(places)
            .map(
                paths ->
                    new Notice(
                        Arrays.stream(paths.split(" ", -1))
                            .map(Key::new)
                            .collect(Collectors.toSet()),
                        by,
                        reason));
      } catch (IllegalArgumentException e) {
        return Optional.empty(); // not ours
      }
    }

    RuntimeException failure(String locks) {
      return new RemovedFromQueueException(
          locks,
          OwnerDetails.printable("%s (%s, pid %d)".formatted(by.name(), by.host(), by.pid())),
          OwnerDetails.printable(reason));
    }
  }

  private final Context context;
  private final Map<Key, Consumer<Notice>> waiting = new HashMap<>();

  /** The session of the places. */
  private @Nullable Session session;

  private Runnable stopTimer = () -> {};
  private @Nullable Watch watch;

  private RemovalNotices(Context context) {
    this.context = context;
  }

  public static RemovalNotices of(Coordinator coordinator) {
    return coordinator.shared(
        RemovalNotices.class, () -> new RemovalNotices(coordinator.context()));
  }

  /** Tells {@code waiter} if an operator removes one of its places, until {@link #forget}. */
  void await(QueuePosition queuePosition, Consumer<Notice> waiter) {
    if (session != queuePosition.session()) {
      stop();
      session = queuePosition.session();
    }
    if (waiting.isEmpty()) {
      stopTimer = context.schedule(MOMENT, this::watch);
    }
    queuePosition.places().forEach(place -> waiting.put(place.key(), waiter));
  }

  /** Ends {@link #await} for this position. */
  void forget(QueuePosition queuePosition) {
    if (session == queuePosition.session()) {
      queuePosition.places().forEach(place -> waiting.remove(place.key()));
      if (waiting.isEmpty()) {
        stop();
      }
    }
  }

  private void stop() {
    session = null;
    waiting.clear();
    stopTimer.run();
    if (watch != null) {
      watch.close();
      watch = null;
    }
  }

  private void watch() {
    Session of = session;
    if (of != null && watch == null) {
      watch =
          of.watch(
              DIRECTORY,
              notices -> {
                if (session == of) {
                  hear(notices);
                }
              });
    }
  }

  private void hear(Snapshot notices) {
    for (Entry entry : notices.entries()) {
      Notice.decode(entry).ifPresent(this::tell);
    }
  }

  private void tell(Notice notice) {
    Set<Consumer<Notice>> told = new HashSet<>();
    for (Key place : notice.places()) {
      Consumer<Notice> waiter = waiting.get(place);
      if (waiter != null && told.add(waiter)) {
        waiter.accept(notice);
      }
    }
  }

  /**
   * Finds the forced release that removed one of these places.
   *
   * @return empty if no operator did, or the operator's tool left no notice; fails as {@link
   *     Session#list}
   */
  static CompletableFuture<Optional<Notice>> find(QueuePosition queuePosition) {
    Set<Key> places = queuePosition.places().stream().map(Place::key).collect(Collectors.toSet());
    return queuePosition
        .session()
        .list(DIRECTORY, Consistency.LINEARIZABLE)
        .thenApply(
            notices ->
                notices.entries().stream()
                    .flatMap(entry -> Notice.decode(entry).stream())
                    .filter(notice -> notice.places().stream().anyMatch(places::contains))
                    .findFirst());
  }

  /**
   * Adds the notice to a transaction that deletes places.
   *
   * @param with the session that will commit it
   * @return fails as {@link Session#names}
   */
  public static CompletableFuture<Transaction> noting(
      Transaction removal, Owner by, String reason, Session with) {
    Instant now = Instant.now();
    return with.names(DIRECTORY, Consistency.SEQUENTIAL)
        .thenApply(
            names -> {
              Transaction noted = noted(removal, by, reason, now);
              List<String> old =
                  names.stream()
                      .filter(name -> name.compareTo(prefix(now.minus(KEPT))) < 0)
                      .limit(MOST_TRIMMED)
                      .toList();
              for (String name : old) {
                noted = noted.delete(DIRECTORY.child(name));
              }
              return noted;
            });
  }

  /** As {@link #noting}, but keeps the old notices. */
  public static Transaction noted(Transaction removal, Owner by, String reason, Instant now) {
    String places =
        removal.writes().stream()
            .filter(Transaction.Delete.class::isInstance)
            .map(write -> write.key().path())
            .collect(Collectors.joining(" "));
    String name =
        prefix(now) + String.format(Locale.ROOT, "-%08x", ThreadLocalRandom.current().nextInt());
    return removal.put(
        DIRECTORY.child(name), by.since(now).with(Map.of(PLACES, places, REASON, reason)).encode());
  }

  /** Names sort by time. */
  private static String prefix(Instant time) {
    return String.format(Locale.ROOT, "%013d", time.toEpochMilli());
  }
}
