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

  /** What is checked, for people. */
  String name();

  /**
   * Looks, in one snapshot of a database in which no request is under way.
   *
   * @return what is wrong, a sentence each; at most 100
   */
  List<String> violations(Connection snapshot) throws SQLException;
}
