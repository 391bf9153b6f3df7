package io.holdfast.transaction.jdbc;

import io.holdfast.spi.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Compares a database's clock with ours. */
final class DoctorClock {

  private static final Duration APART = Duration.ofSeconds(5);

  private DoctorClock() {}

  /**
   * Called when the database has answered.
   *
   * @param before when it was asked, by our clock
   * @param there what it answered
   * @return empty if they agree
   */
  static Optional<Finding> finding(String subject, Instant before, Instant there) {
    Duration ahead = Duration.between(Instant.now(), there);
    Duration behind = Duration.between(there, before);
    Duration apart = ahead.compareTo(behind) > 0 ? ahead : behind;
    return apart.compareTo(APART) > 0
        ? Optional.of(
            Finding.warning(
                subject,
                "its clock and ours are " + apart.toSeconds() + " s apart",
                "synchronise them: ages are wrong, though no outcome depends on it"))
        : Optional.empty();
  }
}
