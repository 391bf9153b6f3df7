package io.holdfast.cli.sagas;

import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.transaction.jdbc.outbox.OutboxStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast outbox status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Counts the messages that are not delivered, and names the process that delivers. Ready: not"
          + " tried yet; retrying: tried without success; waiting: behind another of the same key;"
          + " parked: waits for an operator."
          + " Nothing is written.",
      "JSON: outbox, ready, retrying, waiting, parked, oldest, age_ms, relay."
    })
final class ShowOutbox implements Runnable {

  @Mixin private OutboxTable table = new OutboxTable();
  @Mixin private Listing listing = new Listing();

  @Override
  public void run() {
    OutboxStatus status =
        table.database().run(table.tables(), database -> table.outbox().status(database));
    Optional<String> relay = table.database().holders(List.of(table.lock())).get(0);
    Optional<Duration> age = status.oldest().map(oldest -> status.age(Instant.now()));
    listing.print(
        List.of(
            new Row()
                .with("outbox", table.table())
                .with("ready", status.ready())
                .with("retrying", status.retrying())
                .with("waiting", status.waiting())
                .with("parked", status.parked())
                .shown("oldest", age.map(Listing::age).orElse(null))
                .field("oldest", status.oldest().map(Instant::toString).orElse(null))
                .field("age_ms", age.map(Duration::toMillis).orElse(null))
                .with("relay", relay.orElse(null))),
        "");
  }
}
