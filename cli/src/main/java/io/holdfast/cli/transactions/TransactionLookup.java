package io.holdfast.cli.transactions;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.SkippedEntries;
import io.holdfast.cli.databases.DatabaseOptions;
import io.holdfast.coordination.Coordinator;
import io.holdfast.transaction.PendingTransaction;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.TransactionInspection;
import io.holdfast.transaction.TransactionInspection.Seen;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;

/** The options of every command on transactions, and what the cluster and the databases show. */
public final class TransactionLookup {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private DatabaseOptions databases = new DatabaseOptions();

  /** What a command does with what it has opened. */
  interface Use<T> {
    T with(TransactionInspection inspection, Result seen);
  }

  /** What a command changes with what it has opened. */
  interface Change {
    void with(Coordinator coordinator, TransactionInspection inspection, Result seen);
  }

  /**
   * What the databases and the cluster show.
   *
   * @param addresses of the databases that were asked, by name
   * @param unreachable databases, with why
   */
  record Result(Seen seen, Map<String, String> addresses, Map<String, String> unreachable) {

    /**
     * One of the transactions.
     *
     * @throws NotFoundException if it has no prepared branch where we looked
     */
    PendingTransaction find(TransactionId id) {
      return seen.find(id)
          .orElseThrow(
              () ->
                  new NotFoundException(
                      "no branch of "
                          + id
                          + " is prepared"
                          + (unreachable.isEmpty()
                              ? " in the databases given: it has ended there, or never was"
                              : "; but these could not be asked: " + unreachable)));
    }

    /**
     * Names on standard error what may be missing: wrong names of databases, and unreachable ones.
     */
    void reportGaps(PendingTransaction pending, Output output) {
      for (String name : pending.strangers()) {
        output.errLine(
            "no participant of "
                + pending.id()
                + " is called "
                + name
                + ", under which "
                + addresses.getOrDefault(name, "a database")
                + " was given: give NAME=URL with the participant's name"
                + (pending.decidedFor().isEmpty() ? "" : ", one of " + pending.decidedFor()));
      }
      skipped().report(output);
    }

    /** Names the databases that could not be asked. */
    SkippedEntries skipped() {
      SkippedEntries skipped = new SkippedEntries();
      unreachable.forEach((name, why) -> skipped.add("database " + name, why));
      return skipped;
    }
  }

  /** Without a session where the store can do without. */
  <T> T toRead(Use<T> use) {
    return run(connection.openToRead(), use);
  }

  void toChange(Change change) {
    Coordinator coordinator = connection.open();
    run(
        coordinator,
        (inspection, seen) -> {
          change.with(coordinator, inspection, seen);
          return true;
        });
  }

  private <T> T run(Coordinator opened, Use<T> use) {
    try (Coordinator coordinator = opened;
        DatabaseOptions.Opened open = databases.open(connection.timeout())) {
      TransactionInspection inspection =
          new TransactionInspection(
              coordinator, open.participants(), open.lists(), open.addresses());
      Seen seen = connection.await(inspection.look());
      Map<String, String> unreachable = new TreeMap<>(open.unreachable());
      unreachable.putAll(seen.unreachable());
      return use.with(inspection, new Result(seen, open.addresses(), unreachable));
    }
  }

  ClusterConnection connection() {
    return connection;
  }

  /**
   * Reads what the operator has typed.
   *
   * @throws IllegalArgumentException if it is no name of a transaction
   */
  static TransactionId id(String text) {
    return TransactionId.parse(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "not a transaction: " + text + "; see holdfast transactions list"));
  }
}
