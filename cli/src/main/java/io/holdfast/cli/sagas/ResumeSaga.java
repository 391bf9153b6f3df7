package io.holdfast.cli.sagas;

import io.holdfast.cli.console.Confirmation;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.console.Output;
import io.holdfast.transaction.saga.Direction;
import io.holdfast.transaction.saga.Saga;
import io.holdfast.transaction.saga.SagaState;
import io.holdfast.transaction.saga.StepOutcome;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast sagas resume}. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a parked saga go on: its step is called again, with all its tries.",
      "With --done or --refused the step is not called: you say how it ended, and nobody checks"
          + " that. Ask the called service first. A compensation cannot be refused.",
      "Without --yes it only says what it would do. Exit code 1: it is not parked, or not any more."
    })
final class ResumeSaga implements Callable<Integer> {

  @Mixin private SagaTable table = new SagaTable();
  @Mixin private Confirmation confirmation = new Confirmation();

  @Parameters(paramLabel = "ID", description = "the saga, as list prints it")
  private String id = "";

  @ArgGroup(multiplicity = "0..1")
  private @Nullable Word word;

  private static final class Word {
    @Option(
        names = "--done",
        paramLabel = "RESULT",
        arity = "0..1",
        fallbackValue = "",
        required = true,
        description = "the step has had its effect, with this result for later steps")
    private @Nullable String done;

    @Option(
        names = "--refused",
        paramLabel = "WHY",
        required = true,
        description = "the step has had no effect and never will")
    private @Nullable String refused;

    StepOutcome outcome() {
      return refused != null
          ? new StepOutcome.Refused(refused)
          : new StepOutcome.Done(done == null ? "" : done);
    }
  }

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    Saga saga =
        table
            .database()
            .run(table.tables(), database -> table.sagas().find(database, id))
            .orElseThrow(() -> new NotFoundException("no saga '" + id + "'"));
    Optional<StepOutcome> outcome = Optional.ofNullable(word).map(Word::outcome);
    if (saga.state() != SagaState.PARKED) {
      output.errLine("saga '" + id + "' is not parked but " + ListSagas.word(saga.state()));
      return ExitCode.SOFTWARE;
    }
    if (saga.direction() == Direction.COMPENSATING
        && outcome.filter(StepOutcome.Refused.class::isInstance).isPresent()) {
      throw new IllegalArgumentException("a compensation cannot be refused: it has to be done");
    }
    if (!confirmation.given(action(saga, outcome))) {
      return ExitCode.OK;
    }
    boolean resumed =
        table
            .database()
            .change(
                table.tables(),
                "sagas resume",
                action(saga, outcome),
                confirmation.reason(),
                database ->
                    outcome.isPresent()
                        ? table.sagas().settle(database, id, outcome.get())
                        : table.sagas().resume(database, id));
    output.line(resumed ? "resumed" : "not resumed: somebody else has just changed it");
    return resumed ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static String action(Saga saga, Optional<StepOutcome> outcome) {
    String step =
        "step "
            + (saga.step() + 1)
            + " of saga '"
            + saga.id()
            + "' ("
            + saga.definition()
            + "/"
            + saga.version()
            + ", "
            + ListSagas.word(saga.direction())
            + ", parked: "
            + saga.reason()
            + ")";
    return outcome
        .map(
            said ->
                said instanceof StepOutcome.Done
                    ? "take " + step + " for done, on your word alone"
                    : "take " + step + " for refused, on your word alone")
        .orElse("have " + step + " called again");
  }
}
