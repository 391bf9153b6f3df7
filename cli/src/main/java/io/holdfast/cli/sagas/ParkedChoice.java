package io.holdfast.cli.sagas;

import io.holdfast.cli.console.Consent;
import io.holdfast.cli.console.Output;
import java.sql.SQLException;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What is done to one parked message. */
public final class ParkedChoice {

  @Mixin private OutboxTable table = new OutboxTable();
  @Mixin private Consent consent = new Consent();
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "POSITION", description = "the message, as parked prints it")
  private long position;

  OutboxTable table() {
    return table;
  }

  /** Changes the message at a position; false if it is not parked. */
  @FunctionalInterface
  interface Change {
    boolean with(java.sql.Connection database, long position) throws SQLException;
  }

  int apply(String action, String deed, Change change) {
    String all = deed + " message " + position + " of outbox '" + table.table() + "'";
    if (!consent.to(all)) {
      return ExitCode.OK;
    }
    boolean done =
        table
            .database()
            .change(
                table.tables(),
                action,
                all,
                consent.reason(),
                database -> change.with(database, position));
    output.line(done ? "done" : "not done: no message is parked there");
    return done ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
