package io.holdfast.cli.console;

import io.holdfast.cli.console.Listing.Row;
import io.holdfast.coordination.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Who somebody in a queue is, as columns. */
public final class OwnerColumns {

  private OwnerColumns() {}

  /** Adds {@code column} with the name, then host, pid and age; since and age_ms in JSON. */
  public static void add(Row row, String column, Optional<Owner> owner) {
    Optional<Duration> age =
        owner
            .map(who -> Duration.between(who.since(), Instant.now()))
            .map(between -> between.isNegative() ? Duration.ZERO : between);
    row.with(column, owner.map(Owner::name).orElse(null))
        .with("host", owner.map(Owner::host).orElse(null))
        .with("pid", owner.map(Owner::pid).orElse(null))
        .shown("age", age.map(Listing::age).orElse(null))
        .field("since", owner.map(who -> who.since().toString()).orElse(null))
        .field("age_ms", age.map(Duration::toMillis).orElse(null));
  }
}
