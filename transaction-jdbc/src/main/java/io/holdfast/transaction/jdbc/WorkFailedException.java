package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.internal.Failures;
import java.sql.SQLException;

/** The application's code has thrown something that is not the database's; it is the cause. */
final class WorkFailedException extends SQLException {

  private static final long serialVersionUID = 1;

  /** Of what goes wrong in code that is not the database's own. */
  private static final String EXTERNAL_ROUTINE = "38000";

  WorkFailedException(Throwable thrown) {
    super(Failures.text(thrown), EXTERNAL_ROUTINE, thrown);
  }
}
