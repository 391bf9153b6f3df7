package io.holdfast.admin;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Generation;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.coordination.UnreadableException;
import io.holdfast.coordination.internal.GenerationCache;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Shows and raises the {@link Generation} of a namespace.
 *
 * <p><b>The tokens of one lock only grow</b>, also while the generation is raised and the lock has
 * holders and waiters. Every join has a condition ({@link Session#join}): the key of the generation
 * that its client knows must exist. Raising the generation deletes that key and makes the next one
 * in one step. So a place belongs to the generation in force at the revision at which the place was
 * taken. A later place has an equal or a greater generation, whatever a client has cached. A client
 * that is refused reads the generation again and joins with that; holders keep their locks and
 * their tokens.
 *
 * <p><b>After a restore</b>: stop the clients, restore, raise the generation above {@link #current}
 * and above any that was used after the backup was taken, start the clients. A client that runs
 * before that takes tokens from the rewound order, and resources refuse them.
 */
public final class Generations {

  private static final String RAISE = "generation.raise";
  private static final String REPLACE = "generation.replace";

  /** Keeps a transaction within the limits of every backend. */
  private static final int MOST_REMOVED = 32;

  private final Coordinator coordinator;
  private final AuditTrail trail;

  /** Of the namespace of {@code coordinator}. */
  public Generations(Coordinator coordinator) {
    this.coordinator = coordinator;
    this.trail = new AuditTrail(coordinator);
  }

  /**
   * The generation in force, read from the cluster.
   *
   * @return fails with {@link UnreadableException} if there is a value that is not a generation,
   *     with {@link UnavailableException} or {@link SessionLostException}
   */
  public CompletableFuture<Generation> current() {
    return coordinator.context().told(coordinator.reading().thenCompose(GenerationCache::peek));
  }

  /**
   * Raises the generation and adds an entry to the audit trail, in one step.
   *
   * @param expected the generation in force, as the operator has seen it
   * @param next a greater one; usually by one
   * @param reason for the audit trail
   * @return the one in force from now on. Fails with {@link GuardFailedException} if {@code
   *     expected} was not in force, {@link UnavailableException} or {@link SessionLostException}
   *     (no effect), or {@link IndeterminateException}: then look at {@link #current}
   * @throws IllegalArgumentException if {@code next} is not greater
   */
  public CompletableFuture<Generation> raise(Generation expected, Generation next, String reason) {
    if (next.number() <= expected.number()) {
      throw new IllegalArgumentException(next + " is not greater than " + expected);
    }
    Transaction whileInForce =
        Transaction.EMPTY.require(new Transaction.Exists(expected.key())).delete(expected.key());
    return coordinator
        .context()
        .told(
            coordinator
                .session()
                .thenCompose(
                    session ->
                        GenerationCache.read(session)
                            .thenCompose(
                                there -> session.list(Generation.OPEN, Consistency.LINEARIZABLE))
                            .thenApply(
                                there ->
                                    without(
                                        there, whileInForce, List.of(expected.key(), next.key())))
                            .thenCompose(change -> put(next, change, RAISE, reason, session))));
  }

  /**
   * The greatest generation of which there is a trace, for use when the one in force cannot be
   * read. A replacement must be greater than this, and than any that the operator knows of.
   *
   * @return empty if there is no trace; fails with {@link UnavailableException} or {@link
   *     SessionLostException}
   */
  public CompletableFuture<Optional<Generation>> latestKnown() {
    CompletableFuture<Optional<Entry>> mark =
        coordinator.reading().thenCompose(GenerationCache::mark);
    return coordinator
        .context()
        .told(
            trail
                .list()
                .thenCombine(
                    mark,
                    (records, marked) ->
                        Stream.concat(
                                marked.map(entry -> entry.payload().text()).stream(),
                                records.stream()
                                    .map(AuditRecord::entry)
                                    .filter(
                                        entry -> List.of(RAISE, REPLACE).contains(entry.action()))
                                    .map(AuditEntry::subject))
                            .map(Generation::parse)
                            .flatMap(Optional::stream)
                            .max(Comparator.comparing(Generation::number))));
  }

  /**
   * Replaces an unreadable generation and adds an entry to the audit trail, in one step.
   *
   * @param next greater than any that was ever in use
   * @param reason for the audit trail
   * @return as {@link #raise}; fails with {@link GuardFailedException} if a readable one is in
   *     force
   */
  public CompletableFuture<Generation> replaceUnreadable(Generation next, String reason) {
    return coordinator
        .context()
        .told(
            coordinator
                .session()
                .thenCompose(
                    session ->
                        GenerationCache.mark(session)
                            .thenCombine(
                                session.list(Generation.OPEN, Consistency.LINEARIZABLE),
                                Generations::removal)
                            .thenCompose(change -> put(next, change, REPLACE, reason, session))));
  }

  /**
   * Guarded by the mark, which every change writes: if two operators act at once, one of them
   * fails.
   */
  private static Transaction removal(Optional<Entry> mark, Snapshot there) {
    for (Entry entry : there.entries()) {
      if (Generation.parse(entry.key().name()).isPresent()) {
        throw new GuardFailedException("generation " + entry.key().name() + " is in force");
      }
    }
    Transaction.Guard unchanged =
        mark.<Transaction.Guard>map(
                entry -> new Transaction.Unmodified(GenerationCache.MARK, entry.modified()))
            .orElseGet(() -> new Transaction.Absent(GenerationCache.MARK));
    return without(there, Transaction.EMPTY.require(unchanged), List.of());
  }

  /** Deletes all other keys there, so that no client can use them. */
  private static Transaction without(Snapshot there, Transaction change, List<Key> apart) {
    Transaction all = change;
    for (Entry entry : there.entries().stream().limit(MOST_REMOVED).toList()) {
      if (!apart.contains(entry.key())) {
        all = all.delete(entry.key());
      }
    }
    return all;
  }

  private CompletableFuture<Generation> put(
      Generation next, Transaction change, String action, String reason, Session session) {
    Transaction replacing =
        change
            .put(next.key(), Payload.EMPTY)
            .put(GenerationCache.MARK, Payload.utf8(next.toString()));
    return trail
        .noting(new AuditEntry(action, next.toString(), reason), replacing, session)
        .thenCompose(session::commit)
        .thenApply(done -> next);
  }
}
