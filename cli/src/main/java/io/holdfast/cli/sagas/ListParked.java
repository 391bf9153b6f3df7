package io.holdfast.cli.sagas;

import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.transaction.jdbc.outbox.ParkedMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast outbox parked}. */
@Command(
    name = "parked",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the messages that wait for an operator, without their content. Later messages with the"
          + " same key wait behind them. Nothing is written.",
      "JSON: position, message, topic, key, attempts, created, age_ms, reason."
    })
final class ListParked implements Runnable {

  @Mixin private OutboxTable table = new OutboxTable();
  @Mixin private Listing listing = new Listing();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000",
      description = "the longest list (default: ${DEFAULT-VALUE})")
  private int limit;

  @Override
  public void run() {
    List<ParkedMessage> parked =
        table.database().run(table.tables(), database -> table.outbox().parked(database, limit));
    listing.print(parked.stream().map(ListParked::row).toList(), "no message is parked");
  }

  private static Row row(ParkedMessage parked) {
    Duration age = Duration.between(parked.message().created(), Instant.now());
    return new Row()
        .with("position", parked.position())
        .with("message", parked.message().id().toString())
        .with("topic", parked.message().topic())
        .with("key", parked.message().key().orElse(null))
        .with("attempts", parked.attempts())
        .shown("age", Listing.age(age))
        .field("created", parked.message().created().toString())
        .field("age_ms", age.toMillis())
        .with("reason", parked.reason());
  }
}
