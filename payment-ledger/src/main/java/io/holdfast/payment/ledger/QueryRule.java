package io.holdfast.payment.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A rule that is one query, see {@link AuditRule#of}. */
record QueryRule(String name, String sql) implements AuditRule {

  @Override
  public List<String> violations(Connection snapshot) throws SQLException {
    List<String> wrong = new ArrayList<>();
    try (PreparedStatement select = snapshot.prepareStatement(sql);
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        wrong.add(row.getString(1));
      }
    }
    return wrong;
  }
}
