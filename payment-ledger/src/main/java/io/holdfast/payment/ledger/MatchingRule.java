package io.holdfast.payment.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A rule of two queries that find the same in all databases, see {@link AuditRule#matching}. */
record MatchingRule(String name, String one, String other) implements AuditRule {

  private static final int FETCH = 1_000;
  private static final int MOST = 100;

  @Override
  public List<String> violations(Connection snapshot) {
    return List.of();
  }

  @Override
  public List<String> violationsAcross(List<Connection> snapshots) throws SQLException {
    Map<String, Integer> more = new TreeMap<>();
    for (Connection each : snapshots) {
      count(each, one, 1, more);
      count(each, other, -1, more);
    }
    return more.keySet().stream().limit(MOST).map(each -> each + ": not on both sides").toList();
  }

  /** What has its match is forgotten. */
  private static void count(Connection snapshot, String sql, int by, Map<String, Integer> more)
      throws SQLException {
    try (PreparedStatement select = snapshot.prepareStatement(sql)) {
      select.setFetchSize(FETCH);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          if (more.merge(row.getString(1), by, Integer::sum) == 0) {
            more.remove(row.getString(1));
          }
        }
      }
    }
  }
}
