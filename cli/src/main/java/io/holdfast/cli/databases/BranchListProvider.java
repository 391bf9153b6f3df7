package io.holdfast.cli.databases;

import io.holdfast.transaction.BranchList;
import javax.sql.DataSource;

/**
 * Lists more branches of a PostgreSQL database that only the application can end. Found with {@link
 * java.util.ServiceLoader}.
 */
public interface BranchListProvider {

  /**
   * The branches there; none if the database does not have the tables.
   *
   * @param name the database's, as it was given
   */
  BranchList of(String name, DataSource source);
}
