package io.holdfast.spring.commit;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Global transactions over several databases. A value that cannot work ends the start of the
 * application, with a message that names the property.
 *
 * @param databases which take part, by the name that each has in every process of the namespace: 1
 *     to 63 of a-z, digits and -
 * @param timeout from the begin of a transaction until its decision, unless its method says
 *     otherwise
 * @param visibleWithin how long a committed transaction waits until its effects can be seen in
 *     every database; 0 for not at all
 */
@ConfigurationProperties("holdfast.transactions")
public record TransactionsProperties(
    @DefaultValue Map<String, Database> databases,
    @DefaultValue("30s") Duration timeout,
    @DefaultValue("2s") Duration visibleWithin) {

  /**
   * A database of PostgreSQL.
   *
   * @param dataSource name of the bean of the data source that the application works with
   * @param control name of the bean of a data source for the second phase of commits: a pool of its
   *     own or none. It is the first one if not set, which then must never run out
   * @param threads so many of its branches are prepared at a time
   * @param controlTimeout for each statement of the second phase and of recovery
   */
  public record Database(
      @DefaultValue("") String dataSource,
      @Nullable String control,
      @DefaultValue("32") int threads,
      @DefaultValue("10s") Duration controlTimeout) {}

  public TransactionsProperties {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "holdfast.transactions.timeout must be positive: " + timeout);
    }
    if (visibleWithin.isNegative()) {
      throw new IllegalArgumentException(
          "holdfast.transactions.visible-within must not be negative: " + visibleWithin);
    }
    databases.forEach(
        (name, database) -> {
          String property = "holdfast.transactions.databases." + name;
          if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
            throw new IllegalArgumentException(
                property + ": a name has 1 to 63 of a-z, digits and -, and does not begin with -");
          }
          if (database.dataSource().isBlank()) {
            throw new IllegalArgumentException(
                property + ".data-source must name the bean of a data source");
          }
          if (database.threads() < 1) {
            throw new IllegalArgumentException(property + ".threads must be positive");
          }
          if (database.controlTimeout().toMillis() < 1) {
            throw new IllegalArgumentException(property + ".control-timeout must be positive");
          }
        });
  }
}
