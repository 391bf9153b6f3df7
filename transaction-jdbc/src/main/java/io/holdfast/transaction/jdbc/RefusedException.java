package io.holdfast.transaction.jdbc;

import java.sql.SQLException;

/** All went well in the database, but a statement has not done what was expected. */
final class RefusedException extends SQLException {

  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }
}
