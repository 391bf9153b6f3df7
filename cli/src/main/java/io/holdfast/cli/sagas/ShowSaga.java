package io.holdfast.cli.sagas;

import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.transaction.saga.Direction;
import io.holdfast.transaction.saga.Saga;
import io.holdfast.transaction.saga.SagaState;
import io.holdfast.transaction.saga.StepEnd;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast sagas show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what a saga has done, step by step, and what it does now. The present step is shown by"
          + " its number, from 1, and a finished one by its name. If the saga has ended, the last row"
          + " is the whole saga. Nothing is written.",
      "JSON: step, direction, outcome (done, refused, calling, next, unknown, or that of the saga),"
          + " attempts, ended, text."
    })
final class ShowSaga implements Runnable {

  @Mixin private SagaTable table = new SagaTable();
  @Mixin private Listing listing = new Listing();

  @Parameters(paramLabel = "ID", description = "the saga, as list prints it")
  private String id = "";

  private record Found(Saga saga, List<StepEnd> steps) {}

  @Override
  public void run() {
    Found found =
        table
            .database()
            .run(
                table.tables(),
                database ->
                    new Found(
                        table
                            .sagas()
                            .find(database, id)
                            .orElseThrow(() -> new NotFoundException("no saga '" + id + "'")),
                        table.sagas().steps(database, id)));
    List<Row> rows = new ArrayList<>();
    for (StepEnd step : found.steps()) {
      rows.add(
          row(
              step.step(),
              step.direction(),
              step.done() ? "done" : "refused",
              step.attempts(),
              step.ended().toString(),
              step.text()));
    }
    Saga saga = found.saga();
    rows.add(
        row(
            saga.state().isEnd() ? "whole saga" : "step " + (saga.step() + 1),
            saga.direction(),
            outcome(saga),
            saga.state().isEnd() ? null : saga.attempts(),
            saga.state().isEnd() ? saga.since().toString() : null,
            saga.reason()));
    listing.print(rows, "nothing has happened yet");
  }

  private static String outcome(Saga saga) {
    if (saga.state() == SagaState.PARKED) {
      return saga.called() ? "unknown" : "parked";
    }
    if (saga.state().isEnd()) {
      return ListSagas.word(saga.state());
    }
    return saga.called() ? "calling" : "next";
  }

  private static Row row(
      String step,
      Direction direction,
      String outcome,
      @Nullable Integer attempts,
      @Nullable String ended,
      String text) {
    return new Row()
        .with("step", step)
        .with("direction", ListSagas.word(direction))
        .with("outcome", outcome)
        .with("attempts", attempts)
        .with("ended", ended)
        .with("text", text.isEmpty() ? null : text);
  }
}
