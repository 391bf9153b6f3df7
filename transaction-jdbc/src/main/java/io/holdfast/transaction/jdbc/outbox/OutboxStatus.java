package io.holdfast.transaction.jdbc.outbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How much is in an outbox that is not delivered.
 *
 * @param ready messages that were not tried yet
 * @param retrying messages that are tried again
 * @param waiting messages behind others of their key that are retrying or parked
 * @param parked messages that wait for an operator
 * @param oldest when the oldest of them all was made
 */
public record OutboxStatus(
    long ready, long retrying, long waiting, long parked, Optional<Instant> oldest) {

  static final OutboxStatus EMPTY = new OutboxStatus(0, 0, 0, 0, Optional.empty());

  /** How many messages are not delivered. */
  public long backlog() {
    return ready + retrying + waiting + parked;
  }

  /** How old the oldest is; zero if there is none. */
  public Duration age(Instant now) {
    Duration age = oldest.map(made -> Duration.between(made, now)).orElse(Duration.ZERO);
    return age.isNegative() ? Duration.ZERO : age;
  }

  static OutboxStatus part(ResultSet row) throws SQLException {
    String state = row.getString(1);
    long count = row.getLong(2);
    Optional<Instant> oldest = Optional.of(Instant.ofEpochMilli(row.getLong(3)));
    return switch (state) {
      case "READY" -> new OutboxStatus(count, 0, 0, 0, oldest);
      case "RETRYING" -> new OutboxStatus(0, count, 0, 0, oldest);
      case "WAITING" -> new OutboxStatus(0, 0, count, 0, oldest);
      case "PARKED" -> new OutboxStatus(0, 0, 0, count, oldest);
      default -> EMPTY;
    };
  }

  OutboxStatus plus(OutboxStatus other) {
    return new OutboxStatus(
        ready + other.ready,
        retrying + other.retrying,
        waiting + other.waiting,
        parked + other.parked,
        Stream.of(oldest, other.oldest).flatMap(Optional::stream).min(Instant::compareTo));
  }
}
