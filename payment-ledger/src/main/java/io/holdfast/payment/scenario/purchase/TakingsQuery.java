package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.AccountId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Set;

/**
 * Reads a merchant's takings out of the tables {@code entry} and {@code journal}.
 *
 * <p>Entries are cut at a number and not at a time. A capture over two databases may reach the
 * merchant's shard after midnight with a time before it, or the shard's next owner may have a clock
 * that goes behind; by time it would belong to a day that is settled already, and be lost. Entries
 * of a shard become visible in the order of their numbers, so each is in exactly one settlement.
 */
public final class TakingsQuery {

  private static final Set<String> PAYMENTS =
      Set.of("authorise-payment", "capture-payment", "refund-payment");
  private static final int FETCH = 1_000;

  private TakingsQuery() {}

  /**
   * Reads, as {@link TakingsSource} says. Blocks for as long as it takes to read the entries.
   *
   * @param connection to the database where the shard is; with auto-commit off it reads in small
   *     portions
   */
  public static Takings read(
      Connection connection,
      int shard,
      AccountId merchant,
      long after,
      Instant until,
      FeeTerms terms)
      throws SQLException {
    Takings takings = Takings.from(after);
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT e.seq, e.amount, j.type, j.at
              FROM entry e JOIN journal j ON j.shard = e.shard AND j.seq = e.seq
             WHERE e.shard = ? AND e.account = ? AND e.seq > ?
             ORDER BY e.seq, e.leg""")) {
      select.setFetchSize(FETCH);
      select.setInt(1, shard);
      select.setString(2, merchant.value());
      select.setLong(3, after);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()
            && rows.getObject("at", OffsetDateTime.class).toInstant().isBefore(until)) {
          takings =
              PAYMENTS.contains(rows.getString("type"))
                  ? takings.and(rows.getLong("seq"), rows.getLong("amount"), terms)
                  : takings.past(rows.getLong("seq"));
        }
      }
    }
    return takings;
  }
}
