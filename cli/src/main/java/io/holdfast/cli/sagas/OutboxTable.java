package io.holdfast.cli.sagas;

import io.holdfast.transaction.jdbc.outbox.JdbcOutbox;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which outbox a command acts on: a table, and the name that its relays give it. */
public final class OutboxTable {

  @Option(
      names = "--table",
      paramLabel = "NAME",
      defaultValue = "outbox",
      description = "the table of the outbox (default: ${DEFAULT-VALUE})")
  private String table = "outbox";

  @Option(
      names = "--outbox",
      paramLabel = "NAME",
      description = "what its relays call it (default: as the table)")
  private @Nullable String name;

  @Mixin private SingleDatabase database = new SingleDatabase();

  SingleDatabase database() {
    return database;
  }

  String table() {
    return table;
  }

  SingleDatabase.Tables tables() {
    return new SingleDatabase.Tables(
        table, "JdbcOutbox.inTable(\"" + table + "\").create(connection)");
  }

  JdbcOutbox outbox() {
    return JdbcOutbox.inTable(table);
  }

  /** The lock of its relays. */
  String lock() {
    return "outbox/" + (name == null ? table : name);
  }
}
