package io.holdfast.admin;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The actions of operators in a namespace, kept in the cluster. An entry is written in the same
 * transaction as its action, so neither exists without the other.
 *
 * <p>Bounded: a new entry deletes the oldest ones beyond the {@value #KEPT} latest.
 */
public final class AuditTrail {

  /** How many entries stay, at least. */
  static final int KEPT = 500;

  /** Keeps a transaction within the limits of every backend. */
  private static final int MOST_TRIMMED = 16;

  private static final Key DIRECTORY = Key.of("audit");

  private final Coordinator coordinator;

  /** Of the namespace of {@code coordinator}. */
  public AuditTrail(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  /**
   * The entries, oldest first; keys that are not entries are left out.
   *
   * @return fails with {@link UnavailableException} or {@link SessionLostException}
   */
  public CompletableFuture<List<AuditRecord>> list() {
    return coordinator.context().told(read().thenApply(DirectoryListing::found));
  }

  /** Like {@link #list}, and also lists the keys that are not entries. */
  public CompletableFuture<DirectoryListing<AuditRecord>> inspect() {
    return coordinator.context().told(read());
  }

  private CompletableFuture<DirectoryListing<AuditRecord>> read() {
    return coordinator
        .reading()
        .thenCompose(reading -> reading.list(DIRECTORY, Consistency.LINEARIZABLE))
        .thenApply(AuditTrail::read);
  }

  private static DirectoryListing<AuditRecord> read(Snapshot snapshot) {
    List<AuditRecord> records = new ArrayList<>();
    List<UnreadableEntry> others = new ArrayList<>();
    for (Entry entry : snapshot.entries()) {
      AuditRecord.decode(entry)
          .ifPresentOrElse(
              records::add,
              () ->
                  others.add(
                      new UnreadableEntry(
                          entry.key(),
                          "no entry of the audit trail, and not ours; remove it with the store's"
                              + " own tools")));
    }
    return new DirectoryListing<>(records, others);
  }

  /**
   * Adds an entry to a transaction; it is kept only if the transaction commits.
   *
   * @param session the session that will commit it
   * @return fails with {@link UnavailableException} or {@link SessionLostException}
   */
  public CompletableFuture<Transaction> noting(
      AuditEntry entry, Transaction transaction, Session session) {
    Instant now = Instant.now();
    Key key =
        DIRECTORY.child(
            String.format(
                Locale.ROOT,
                "%013d-%08x",
                now.toEpochMilli(),
                ThreadLocalRandom.current().nextInt()));
    Payload text = AuditRecord.encode(coordinator.options().owner().since(now), entry);
    return session
        .names(DIRECTORY, Consistency.SEQUENTIAL)
        .thenApply(
            names -> {
              Transaction noted = transaction.put(key, text);
              for (String name : surplus(names)) {
                noted = noted.delete(DIRECTORY.child(name));
              }
              return noted;
            });
  }

  /** The oldest entries; names sort by time. */
  private static List<String> surplus(List<String> names) {
    List<String> sorted = new ArrayList<>(names);
    sorted.sort(null);
    int surplus = Math.min(MOST_TRIMMED, Math.max(0, sorted.size() + 1 - KEPT));
    return sorted.subList(0, surplus);
  }
}
