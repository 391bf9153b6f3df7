package io.holdfast.spring.commit;

import io.holdfast.transaction.jdbc.OpenBranch;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.datasource.ConnectionHandle;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.IllegalTransactionStateException;

/**
 * What Spring finds when it looks for the thread's connection of an enlisted database: the one of
 * the branch, which begins when it is first asked for. Managers of the data source see a
 * transaction that is there already, and join it.
 */
final class EnlistedConnection extends ConnectionHolder {

  private final Handle handle;

  private EnlistedConnection(Handle handle) {
    super(handle);
    this.handle = handle;
  }

  /**
   * In a transaction that has begun.
   *
   * @param settings statements that come first
   * @param left how much time it has
   */
  static EnlistedConnection of(
      EnlistedDatabase database, List<String> settings, Supplier<Duration> left) {
    EnlistedConnection made = new EnlistedConnection(new Handle(database, settings, left));
    made.setTransactionActive(true);
    made.setSynchronizedWithTransaction(true);
    made.setTimeoutInMillis(left.get().toMillis());
    return made;
  }

  /** Empty if the database was not used. */
  Optional<OpenBranch> branch() {
    return Optional.ofNullable(handle.branch);
  }

  /** From now on nobody gets it: what would be done with it would be neither committed nor not. */
  void end() {
    handle.over = true;
  }

  /** Used by the transaction's thread. */
  private static final class Handle implements ConnectionHandle {

    private final EnlistedDatabase database;
    private final List<String> settings;
    private final Supplier<Duration> left;
    private @Nullable OpenBranch branch;
    private boolean over;

    Handle(EnlistedDatabase database, List<String> settings, Supplier<Duration> left) {
      this.database = database;
      this.settings = settings;
      this.left = left;
    }

    @Override
    public Connection getConnection() {
      if (over) {
        throw new IllegalTransactionStateException(
            "the global transaction that database "
                + database.participant().name()
                + " was part of is over: what comes after it needs a transaction of its own"
                + " (REQUIRES_NEW)");
      }
      OpenBranch there = branch;
      if (there == null) {
        there = begun();
        branch = there;
      }
      return there.connection();
    }

    private OpenBranch begun() {
      OpenBranch begun = null;
      try {
        begun = database.participant().begin(left.get());
        try (Statement statement = begun.connection().createStatement()) {
          for (String setting : settings) {
            statement.execute(setting);
          }
        }
        return begun;
      } catch (SQLException e) {
        if (begun != null) {
          begun.close();
        }
        throw new CannotGetJdbcConnectionException(
            "no branch of database " + database.participant().name(), e);
      }
    }
  }
}
