package io.holdfast.coordination;

import java.util.concurrent.CompletableFuture;

/**
 * Shows and raises the {@link Generation} of a namespace.
 *
 * <p><b>The tokens of one lock only grow</b>, also while the generation is raised under holders and
 * waiters. Every join names the key of the generation that its client believes in as a condition
 * ({@link Session#join}), and raising it deletes that key in the same step that makes the next. So
 * a place belongs to the generation in force at the very revision at which it was taken: a later
 * place has an equal or a greater one, whatever a client has cached. A client that is refused reads
 * the generation again and joins with that; holders keep their locks and their tokens.
 *
 * <p><b>After a restore</b>: stop the clients, restore, raise the generation above {@link #current}
 * and above any that was in use when the backup was already taken, start the clients. A client that
 * runs before that takes tokens from the rewound order, and resources refuse them.
 */
public final class Generations {

  static final Key MARK = Key.of("meta", "generation");

  private final Coordinator coordinator;
  private final AuditTrail trail;

  /** Of the namespace of {@code coordinator}. */
  public Generations(Coordinator coordinator) {
    this.coordinator = coordinator;
    this.trail = new AuditTrail(coordinator);
  }

  /**
   * The one in force, read from the cluster.
   *
   * @return fails with {@link UnavailableException} or {@link SessionLostException}
   */
  public CompletableFuture<Generation> current() {
    return coordinator.session().thenCompose(GenerationCache::read);
  }

  /**
   * Raises it and leaves a note in the audit trail, in one step.
   *
   * @param expected the one in force, as the operator has seen it
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
    AuditEntry entry = new AuditEntry("generation.raise", next.toString(), reason);
    return coordinator
        .session()
        .thenCompose(
            session ->
                trail
                    .noting(entry, change(expected, next), session)
                    .thenCompose(session::commit)
                    .thenApply(done -> next));
  }

  private static Transaction change(Generation expected, Generation next) {
    return Transaction.EMPTY
        .require(new Transaction.Exists(expected.key()))
        .delete(expected.key())
        .put(next.key(), Payload.EMPTY)
        .put(MARK, Payload.utf8(next.toString()));
  }
}
