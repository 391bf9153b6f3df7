package io.holdfast.cli.sagas;

import io.holdfast.transaction.jdbc.saga.JdbcSagas;
import io.holdfast.transaction.saga.Saga;
import io.holdfast.transaction.saga.Sagas;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which sagas a command acts on: a table, and the name that its runners give it. */
public final class SagaTable {

  @Option(
      names = "--table",
      paramLabel = "NAME",
      defaultValue = "saga",
      description = "the table with the sagas (default: ${DEFAULT-VALUE})")
  private String table = "saga";

  @Option(
      names = "--log",
      paramLabel = "NAME",
      description = "what the processes that run them call it (default: as the table)")
  private @Nullable String log;

  @Mixin private SingleDatabase database = new SingleDatabase();

  SingleDatabase database() {
    return database;
  }

  SingleDatabase.Tables tables() {
    return new SingleDatabase.Tables(
        table, "JdbcSagas.inTable(\"" + table + "\").create(connection)");
  }

  JdbcSagas sagas() {
    return JdbcSagas.inTable(table);
  }

  /** The lock of the process that runs it. */
  String lock(Saga saga) {
    return Sagas.lock(log == null ? table : log, saga.definition(), saga.version());
  }
}
