package io.holdfast.payment.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What must be true of a scenario's documents and postings, checked by SQL of its own. */
public interface AuditRule {

  /**
   * A rule whose query finds what is wrong.
   *
   * @param sql at most 100 rows, with a sentence in the first column
   */
  static AuditRule of(String name, String sql) {
    return new QueryRule(name, sql);
  }

  /**
   * A rule of two queries that find the same in all databases together: for what two shards say of
   * one thing. Keeps in memory what it has found in one place only.
   *
   * @param one texts
   * @param other the same texts, each as often
   */
  static AuditRule matching(String name, String one, String other) {
    return new MatchingRule(name, one, other);
  }

  /** What is checked, for people. */
  String name();

  /**
   * Looks, in one snapshot of a database in which no request is under way.
   *
   * @return what is wrong, a sentence each; at most 100
   */
  List<String> violations(Connection snapshot) throws SQLException;

  /**
   * Looks at all databases together, in such a snapshot of each, for what no one of them can tell.
   *
   * @return what is wrong, a sentence each; at most 100
   */
  default List<String> violationsAcross(List<Connection> snapshots) throws SQLException {
    return List.of();
  }
}
