package io.holdfast.cli.console;

import io.holdfast.admin.QueueMember;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.coordination.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The columns about the owner of a place in a queue. */
public final class OwnerColumns {

  private OwnerColumns() {}

  /**
   * Adds {@code column} with the name, then host and pid, and for how long they have {@code held}
   * or {@code waited}; since, held_at_most_ms and waited_ms in JSON. A place says when it was asked
   * for, and not how long it then had to wait: its holder has held it for that long at most.
   */
  public static void add(Row row, String column, QueueMember queued) {
    addHolder(row, column, queued);
    Optional<Duration> waited = age(queued, QueueMember.Role.WAITER);
    row.shown("waited", waited.map(Listing::age).orElse(null))
        .field("waited_ms", waited.map(Duration::toMillis).orElse(null));
  }

  /** The same without {@code waited}, where all are holders. */
  public static void addHolder(Row row, String column, QueueMember queued) {
    Optional<Duration> held = age(queued, QueueMember.Role.HOLDER);
    identity(row, column, queued.owner())
        .shown("held", held.map(most -> "<=" + Listing.age(most)).orElse(null))
        .field("since", queued.joined().map(Instant::toString).orElse(null))
        .field("held_at_most_ms", held.map(Duration::toMillis).orElse(null));
  }

  private static Optional<Duration> age(QueueMember queued, QueueMember.Role role) {
    return queued.age(Instant.now()).filter(none -> queued.role() == role);
  }

  private static Row identity(Row row, String column, Optional<Owner> owner) {
    return row.with(column, owner.map(Owner::name).orElse(null))
        .with("host", owner.map(Owner::host).orElse(null))
        .with("pid", owner.map(Owner::pid).orElse(null));
  }

  /** Adds {@code column} with the name, then host, pid and age; since and age_ms in JSON. */
  public static void add(Row row, String column, Optional<Owner> owner) {
    Optional<Duration> age =
        owner
            .map(who -> Duration.between(who.since(), Instant.now()))
            .map(between -> between.isNegative() ? Duration.ZERO : between);
    identity(row, column, owner)
        .shown("age", age.map(Listing::age).orElse(null))
        .field("since", owner.map(who -> who.since().toString()).orElse(null))
        .field("age_ms", age.map(Duration::toMillis).orElse(null));
  }
}
