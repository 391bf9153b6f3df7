package io.holdfast.transaction.jdbc.tcc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Work that is reserved first and then made final or undone: room on a card, a seat, stock.
 *
 * <p>Each of the three runs in a local transaction of its own, with the row of the barrier in it,
 * and has its effect once, however often it is called for. So none of them needs to find out
 * whether it was done before. They must neither commit nor roll back, nor keep the connection, and
 * what they do elsewhere than with the connection is not covered by any of this. What the database
 * throws they pass on: at a deadlock MariaDB and H2 have rolled back all of the transaction, so to
 * swallow that and go on is found out, and nothing of it is kept.
 *
 * <p>Confirm and cancel may run in another process than the try did; all they know is what the
 * try's transaction has written, and {@code arguments}.
 */
public interface TccAction {

  /**
   * Reserves, so that both of the others will be possible.
   *
   * @param arguments as the application gave them
   * @throws SQLException if it refuses: then nothing of it is kept
   */
  void attempt(Connection connection, String arguments) throws SQLException;

  /**
   * Makes final what was reserved. Not to be refused: what fails is repeated until it is done.
   *
   * @throws SQLException if it has to be repeated
   */
  void confirm(Connection connection, String arguments) throws SQLException;

  /**
   * Undoes what was reserved. Called only if the try was done. Not to be refused, either.
   *
   * @throws SQLException if it has to be repeated
   */
  void cancel(Connection connection, String arguments) throws SQLException;
}
