package io.holdfast.transaction;

import io.holdfast.admin.AuditEntry;
import io.holdfast.admin.AuditTrail;
import io.holdfast.admin.DirectoryListing;
import io.holdfast.admin.UnreadableEntry;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.transaction.TransactionInspection.Ending;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What operators have proposed, each under a key of its own in {@code txn/proposals}. Whatever is
 * done about a proposal requires that its key is there, so a withdrawn one has no effect.
 */
final class ProposedResolutions {

  /** Keeps a transaction within the limits of every backend. */
  private static final int MOST_CLEARED = 16;

  private final Coordinator coordinator;
  private final InstantSource clock;

  ProposedResolutions(Coordinator coordinator, InstantSource clock) {
    this.coordinator = coordinator;
    this.clock = clock;
  }

  Instant now() {
    return clock.instant();
  }

  CompletableFuture<DirectoryListing<ProposedResolution>> list() {
    return coordinator
        .reading()
        .thenCompose(
            reading -> reading.list(ProposedResolution.DIRECTORY, Consistency.LINEARIZABLE))
        .thenApply(ProposedResolutions::read);
  }

  private static DirectoryListing<ProposedResolution> read(Snapshot snapshot) {
    List<ProposedResolution> found = new ArrayList<>();
    List<UnreadableEntry> others = new ArrayList<>();
    for (Entry entry : snapshot.entries()) {
      ProposedResolution.decode(entry)
          .ifPresentOrElse(
              found::add,
              () ->
                  others.add(
                      new UnreadableEntry(entry.key(), "no proposal that this version knows")));
    }
    return new DirectoryListing<>(found, others);
  }

  /**
   * Puts one down, and clears away what has expired.
   *
   * @return fails with a {@link ResolutionRefusedException} if there is one for the transaction
   */
  CompletableFuture<ProposedResolution> propose(
      PendingTransaction pending, Ending ending, OperatorIdentity by, String reason) {
    return list().thenCompose(there -> propose(there.found(), pending, ending, by, reason));
  }

  private CompletableFuture<ProposedResolution> propose(
      List<ProposedResolution> there,
      PendingTransaction pending,
      Ending ending,
      OperatorIdentity by,
      String reason) {
    Instant now = now();
    there.stream()
        .filter(each -> each.transaction().equals(pending.id()) && each.isInForce(now))
        .findFirst()
        .ifPresent(
            other -> {
              throw new ResolutionRefusedException(
                  other.by()
                      + " has proposed to "
                      + word(other.ending())
                      + " it: another operator confirms that, or withdraws it");
            });
    Key key =
        ProposedResolution.DIRECTORY.child(
            String.format(
                Locale.ROOT,
                "%013d-%08x",
                now.toEpochMilli(),
                ThreadLocalRandom.current().nextInt()));
    ProposedResolution proposed = ProposedResolution.of(key, pending, ending, by, reason, now);
    Transaction change = Transaction.EMPTY.put(key, proposed.encode(coordinator.options().owner()));
    for (ProposedResolution each :
        there.stream().filter(each -> !each.isInForce(now)).limit(MOST_CLEARED).toList()) {
      change = change.delete(each.key());
    }
    Transaction write = change;
    return coordinator
        .session()
        .thenCompose(
            session ->
                noting("transaction.propose", proposed, by, reason, write, session)
                    .thenCompose(session::commit))
        .thenApply(done -> proposed);
  }

  /** False if it was not there any more. */
  CompletableFuture<Boolean> withdraw(
      ProposedResolution proposed, OperatorIdentity by, String reason) {
    Transaction change =
        Transaction.EMPTY.require(new Transaction.Exists(proposed.key())).delete(proposed.key());
    return coordinator
        .session()
        .thenCompose(
            session ->
                noting("transaction.withdraw", proposed, by, reason, change, session)
                    .thenCompose(noted -> Decisions.refusable(session, noted)));
  }

  private CompletableFuture<Transaction> noting(
      String action,
      ProposedResolution proposed,
      OperatorIdentity by,
      String reason,
      Transaction change,
      Session session) {
    String subject =
        word(proposed.ending())
            + " "
            + proposed.transaction()
            + ", proposed by "
            + proposed.by()
            + (by.equals(proposed.by()) ? "" : ", withdrawn by " + by);
    return new AuditTrail(coordinator)
        .noting(AuditEntry.shortened(action, subject, reason), change, session);
  }

  static String word(Ending ending) {
    return ending == Ending.COMMIT ? "commit" : "abort";
  }
}
