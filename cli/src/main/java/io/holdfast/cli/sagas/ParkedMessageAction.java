package io.holdfast.cli.sagas;

import io.holdfast.cli.console.Confirmation;
import io.holdfast.cli.console.Output;
import io.holdfast.transaction.jdbc.outbox.ParkedMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.UnaryOperator;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Changes one parked message, after a confirmation. */
public final class ParkedMessageAction {

  /** Up to so many parked messages are read to find out early that the position is not parked. */
  private static final int MOST = 1_000;

  @Mixin private OutboxTable table = new OutboxTable();
  @Mixin private Confirmation confirmation = new Confirmation();
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "POSITION", description = "the message, as parked prints it")
  private long position;

  OutboxTable table() {
    return table;
  }

  /** Changes the message at a position; false if it is not parked. */
  @FunctionalInterface
  interface Change {
    boolean with(Connection database, long position) throws SQLException;
  }

  int apply(String action, UnaryOperator<String> description, Change change) {
    String message = "message " + position + " of outbox '" + table.table() + "'";
    List<ParkedMessage> parked =
        table.database().run(table.tables(), database -> table.outbox().parked(database, MOST));
    if (parked.size() < MOST && parked.stream().noneMatch(each -> each.position() == position)) {
      output.errLine(message + " is not parked");
      return ExitCode.SOFTWARE;
    }
    String what = description.apply(message);
    if (!confirmation.given(what)) {
      return ExitCode.OK;
    }
    boolean done =
        table
            .database()
            .change(
                table.tables(),
                action,
                what,
                confirmation.reason(),
                database -> change.with(database, position));
    output.line(done ? "done" : "not done: it is not parked any more");
    return done ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
