package io.holdfast.cli.sagas;

import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.transaction.saga.Saga;
import io.holdfast.transaction.saga.SagaState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast sagas list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the sagas that have not ended, and the process that runs each. State: running, parked."
          + " If there is no runner, no process knows the saga's definition now. Step: the number of"
          + " the present step, from 1. Nothing is written.",
      "JSON: saga, definition, version, state, direction, step, attempts, runner, started, age_ms,"
          + " deadline, reason."
    })
final class ListSagas implements Runnable {

  private static final int PAGE = 500;

  @Mixin private SagaTable table = new SagaTable();
  @Mixin private Listing listing = new Listing();

  @Option(names = "--parked", description = "only those that wait for an operator")
  private boolean parkedOnly;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000",
      description = "the longest list (default: ${DEFAULT-VALUE})")
  private int limit;

  @Override
  public void run() {
    List<Saga> open = table.database().run(table.tables(), this::open);
    List<String> locks = open.stream().map(table::lock).distinct().toList();
    List<Optional<String>> holders = table.database().holders(locks);
    Map<String, Optional<String>> runners = new HashMap<>();
    for (int i = 0; i < locks.size(); i++) {
      runners.put(locks.get(i), holders.get(i));
    }
    listing.print(
        open.stream()
            .map(saga -> row(saga, runners.getOrDefault(table.lock(saga), Optional.empty())))
            .toList(),
        parkedOnly ? "no saga is parked" : "all sagas have ended");
  }

  private List<Saga> open(Connection database) throws SQLException {
    List<Saga> found = new ArrayList<>();
    String after = "";
    List<Saga> page;
    do {
      page = table.sagas().open(database, after, PAGE);
      for (Saga saga : page) {
        after = saga.id();
        if (found.size() < limit && (!parkedOnly || saga.state() == SagaState.PARKED)) {
          found.add(saga);
        }
      }
    } while (page.size() == PAGE && found.size() < limit);
    return found;
  }

  static Row row(Saga saga, Optional<String> runner) {
    Duration age = Duration.between(saga.created(), Instant.now());
    Row row =
        new Row()
            .with("saga", saga.id())
            .with("definition", saga.definition())
            .with("version", saga.version())
            .with("state", word(saga.state()))
            .with("direction", word(saga.direction()))
            .shown("step", "step " + (saga.step() + 1))
            .field("step", saga.step() + 1)
            .with("attempts", saga.attempts())
            .with("runner", runner.orElse(null))
            .shown("age", Listing.age(age))
            .field("started", saga.created().toString())
            .field("age_ms", age.toMillis())
            .field("deadline", saga.deadline().toString());
    return row.with("reason", saga.reason().isEmpty() ? null : saga.reason());
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
