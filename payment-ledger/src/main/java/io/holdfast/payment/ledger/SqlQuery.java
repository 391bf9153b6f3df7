package io.holdfast.payment.ledger;

import java.sql.Connection;
import java.sql.SQLException;

/** Reads the ledger's tables for what nothing else can answer. It must not change anything. */
@FunctionalInterface
public interface SqlQuery<T> {

  /** Asks, in a transaction of its own. */
  T ask(Connection connection) throws SQLException;
}
