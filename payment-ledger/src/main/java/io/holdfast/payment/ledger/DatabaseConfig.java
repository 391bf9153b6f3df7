package io.holdfast.payment.ledger;

import java.time.Duration;

/**
 * Where the ledger's PostgreSQL is and how long anything there may take.
 *
 * @param url a {@code jdbc:postgresql:} URL without credentials
 * @param user who connects
 * @param password never shown, never logged
 * @param poolSize connections, and so transactions, at a time: two write for good, and the others,
 *     which read and look after things, cannot take those
 * @param statementTimeout the longest a statement, and a wait for a row, may take
 * @param idleTimeout how long an open transaction may be silent before the server ends it; bounds
 *     how long a frozen node can hold up the take-over of its shards
 */
public record DatabaseConfig(
    String url,
    String user,
    String password,
    int poolSize,
    Duration statementTimeout,
    Duration idleTimeout) {

  private static final String PREFIX = "jdbc:postgresql:";

  public DatabaseConfig {
    if (!url.startsWith(PREFIX)) {
      throw new IllegalArgumentException(
          "a database URL looks like jdbc:postgresql://host:5432/payments");
    }
    if (url.matches("(?i).*[?&](user|password)=.*")) {
      throw new IllegalArgumentException(
          "a database URL carries no user or password: give them by the environment");
    }
    if (poolSize < 4) {
      throw new IllegalArgumentException("the pool needs at least 4 connections");
    }
  }

  /** With the usual pool (10) and time-outs (5 s a statement, 2 s idle). */
  public static DatabaseConfig of(String url, String user, String password) {
    return new DatabaseConfig(
        url, user, password, 10, Duration.ofSeconds(5), Duration.ofSeconds(2));
  }

  /** With another pool. */
  public DatabaseConfig withPoolSize(int other) {
    return new DatabaseConfig(url, user, password, other, statementTimeout, idleTimeout);
  }

  /** Everything but the password. */
  @Override
  public String toString() {
    return url + " as " + user + ", " + poolSize + " connections";
  }
}
