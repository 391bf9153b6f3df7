package io.holdfast.transaction;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Generation;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The epochs that this process opens, one after the other. Used in the context only. */
final class Epochs {

  static final Key DOMAIN = Key.of("txn", "domain");
  private static final int MOST_TRIES = 5;
  private static final int DOMAIN_LENGTH = 12;

  private final Coordinator coordinator;
  private final List<OpenEpoch> own = new ArrayList<>();
  private @Nullable String domain;
  private @Nullable OpenEpoch current;
  private @Nullable CompletableFuture<OpenEpoch> opening;

  /** What becomes of those that are opened in spite of {@link #close}; null before. */
  private @Nullable Consumer<OpenEpoch> late;

  /** One for each coordinator, however many have a share in it. */
  private static final class Numbers {
    private final AtomicInteger given = new AtomicInteger();
  }

  Epochs(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  /** The one that transactions begin in now; opened if there is none. Waits for the cluster. */
  CompletableFuture<OpenEpoch> current() {
    if (late != null) {
      return CompletableFuture.failedFuture(new IllegalStateException("it is closed"));
    }
    if (current != null && current.takesMore()) {
      return CompletableFuture.completedFuture(current);
    }
    if (opening == null) {
      CompletableFuture<OpenEpoch> started =
          coordinator.session().thenCompose(session -> open(session, MOST_TRIES));
      opening = started;
      started.whenComplete(
          (opened, failure) ->
              coordinator
                  .context()
                  .execute(
                      () -> {
                        opening = null;
                        if (failure == null) {
                          current = opened;
                          add(opened);
                        }
                      }));
    }
    return opening;
  }

  private void add(OpenEpoch opened) {
    own.add(opened);
    if (late != null) {
      late.accept(opened);
    }
  }

  /**
   * Opens no more.
   *
   * @param late is given what is being opened now, once it is
   */
  void close(Consumer<OpenEpoch> late) {
    this.late = late;
  }

  /** Those of this process that it has not seen settled. */
  List<OpenEpoch> own() {
    return List.copyOf(own);
  }

  boolean areQuiet() {
    return own.stream().allMatch(epoch -> epoch.active().isEmpty());
  }

  /** It is closed, and nothing is under way in it. */
  void remove(OpenEpoch epoch) {
    own.remove(epoch);
  }

  private CompletableFuture<OpenEpoch> open(Session session, int triesLeft) {
    return domain(session, MOST_TRIES)
        .thenCompose(
            name ->
                coordinator
                    .generation(session)
                    .thenCompose(generation -> open(session, name, generation, triesLeft)));
  }

  private CompletableFuture<OpenEpoch> open(
      Session session, String name, Generation generation, int triesLeft) {
    int number = coordinator.shared(Numbers.class, Numbers::new).given.incrementAndGet();
    Epoch epoch = new Epoch(generation.number(), session.id(), number);
    Owner owner = coordinator.options().owner().since(Instant.now());
    Transaction opening =
        Transaction.EMPTY
            .require(new Transaction.Exists(generation.key()))
            .require(new Transaction.Absent(epoch.openKey()))
            .put(epoch.openKey(), owner.encode());
    OpenEpoch made = new OpenEpoch(epoch, name, session, coordinator.context());
    return Decisions.refusable(session, opening)
        .whenComplete(
            (opened, failure) -> {
              if (failure != null) {
                // It may be there: then a sweep closes it.
                made.retire();
                add(made);
              }
            })
        .thenCompose(
            opened -> {
              if (opened) {
                return CompletableFuture.completedFuture(made);
              }
              coordinator.generationOutdated();
              if (triesLeft == 0) {
                throw new IllegalStateException("the generation changes all the time");
              }
              return open(session, triesLeft - 1);
            });
  }

  /** The name that the namespace goes by in its participants; given to it once. */
  CompletableFuture<String> domain(Session session) {
    return domain(session, MOST_TRIES);
  }

  private CompletableFuture<String> domain(Session session, int triesLeft) {
    if (domain != null) {
      return CompletableFuture.completedFuture(domain);
    }
    return session
        .list(DOMAIN, Consistency.LINEARIZABLE)
        .thenCompose(
            there -> {
              Optional<Entry> entry = there.entries().stream().findFirst();
              if (entry.isPresent()) {
                String read = entry.get().payload().text();
                domain = read;
                return CompletableFuture.completedFuture(read);
              }
              if (triesLeft == 0) {
                throw new IllegalStateException("the namespace cannot be given a name");
              }
              Key key = DOMAIN.child("id");
              Transaction naming =
                  Transaction.EMPTY
                      .require(new Transaction.Absent(key))
                      .put(key, Payload.utf8(newDomain()));
              return Decisions.refusable(session, naming)
                  .thenCompose(named -> domain(session, triesLeft - 1));
            });
  }

  private static String newDomain() {
    StringBuilder name = new StringBuilder("d");
    while (name.length() < DOMAIN_LENGTH) {
      name.append(Character.forDigit(ThreadLocalRandom.current().nextInt(36), 36));
    }
    return name.toString();
  }
}
