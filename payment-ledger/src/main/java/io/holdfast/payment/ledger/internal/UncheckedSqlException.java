package io.holdfast.payment.ledger.internal;

import java.sql.SQLException;

/** Carries what the database said through code that knows nothing of databases. */
final class UncheckedSqlException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final SQLException sql;

  UncheckedSqlException(SQLException sql) {
    super(sql);
    this.sql = sql;
  }

  SQLException sql() {
    return sql;
  }
}
