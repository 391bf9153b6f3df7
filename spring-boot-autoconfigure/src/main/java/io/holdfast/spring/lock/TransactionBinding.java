package io.holdfast.spring.lock;

import io.holdfast.lock.LockName;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.SQLStateSQLExceptionTranslator;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.annotation.AnnotationTransactionAttributeSource;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/** Where locks and Spring's transactions meet. Needs spring-tx and spring-jdbc: ask first. */
final class TransactionBinding {

  private static final boolean PRESENT =
      ClassUtils.isPresent(
              "org.springframework.transaction.TransactionExecutionListener",
              TransactionBinding.class.getClassLoader())
          && ClassUtils.isPresent(
              "org.springframework.jdbc.datasource.DataSourceUtils",
              TransactionBinding.class.getClassLoader());

  private TransactionBinding() {}

  static boolean isPresent() {
    return PRESENT;
  }

  /** True if the method writes in a transaction. */
  static boolean isTransactional(Method method, Class<?> type) {
    TransactionAttribute declared =
        new AnnotationTransactionAttributeSource().getTransactionAttribute(method, type);
    return declared != null && !declared.isReadOnly();
  }

  /**
   * A fence is to be sealed for a method that joins a transaction of the caller. At REPEATABLE READ
   * and above that goes on reading what was there when it began, which an earlier holder may have
   * changed until the seal; and it would fail for the seal itself when the fence is checked.
   *
   * @throws IllegalStateException if it is such a transaction
   */
  static void refuseSnapshot(LockFence fence, LockName lock, Method method, Class<?> type) {
    TransactionAttribute declared =
        new AnnotationTransactionAttributeSource().getTransactionAttribute(method, type);
    boolean joins =
        declared == null
            || declared.getPropagationBehavior() != TransactionDefinition.PROPAGATION_REQUIRES_NEW;
    if (joins && isActive() && takesPart(fence) && readsOneSnapshot(fence)) {
      throw new IllegalStateException(
          "the fence of lock "
              + lock
              + " is to be sealed within a transaction at REPEATABLE READ or SERIALIZABLE that"
              + " began without it: what that reads may be older than the seal. Name the fence in"
              + " the @Locked method that begins the transaction, too, or begin a new one"
              + " (REQUIRES_NEW)");
    }
  }

  private static boolean readsOneSnapshot(LockFence fence) {
    return asked(fence, Connection::getTransactionIsolation)
            .orElse(Connection.TRANSACTION_NONE) // then the check says what is wrong
        >= Connection.TRANSACTION_REPEATABLE_READ;
  }

  /** True if the caller's transaction is not over. */
  static boolean isActive() {
    return TransactionSynchronizationManager.isActualTransactionActive()
        && TransactionSynchronizationManager.isSynchronizationActive();
  }

  /** Runs {@code after} once the caller's transaction is committed or rolled back. */
  static void whenEnded(Runnable after) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCompletion(int status) {
            after.run();
          }
        });
  }

  /**
   * Checks the fences of the calling thread's holds just before a commit, in the transaction. A
   * check keeps its lock on the fence's row until the commit is done, so nobody can seal the fence
   * in between. What it throws rolls the transaction back.
   */
  static TransactionExecutionListener checking(HeldLocks held) {
    return new TransactionExecutionListener() {
      @Override
      public void beforeCommit(TransactionExecution transaction) {
        held.forEachFence(
            (fence, hold) -> {
              if (takesPart(fence) && !(transaction.isReadOnly() && cannotWrite(fence))) {
                check(fence, hold);
                hold.transactionEnded(fence);
              }
            });
      }

      @Override
      public void afterRollback(
          TransactionExecution transaction, @Nullable Throwable rollbackFailure) {
        held.forEachFence(
            (fence, hold) -> {
              if (takesPart(fence)) {
                hold.transactionEnded(fence);
              }
            });
      }
    };
  }

  /**
   * A method under the fence has run. If its transaction goes on, because a method around it began
   * it under the same hold, it passes the check now, and the database keeps others out until its
   * end.
   *
   * @throws IllegalStateException if no transaction of the fence's database was there
   */
  static void ensureGuarded(LockFence fence, HeldLocks.Hold hold) {
    if (!hold.hasEnded(fence) && isActive() && takesPart(fence)) {
      check(fence, hold);
    } else {
      hold.ensureGuarded(fence);
    }
  }

  /** True if the database refuses writes in this transaction, so that there are none to guard. */
  private static boolean cannotWrite(LockFence fence) {
    return asked(fence, Connection::isReadOnly).orElse(false); // then the check says what is wrong
  }

  /** What can be asked of a connection. */
  private interface Question<T> {
    T of(Connection connection) throws SQLException;
  }

  /** Of the transaction's connection; empty if it does not say. */
  private static <T> Optional<T> asked(LockFence fence, Question<T> question) {
    Connection connection = DataSourceUtils.getConnection(fence.dataSource());
    try {
      return Optional.of(question.of(connection));
    } catch (SQLException e) {
      return Optional.empty();
    } finally {
      DataSourceUtils.releaseConnection(connection, fence.dataSource());
    }
  }

  /** A transaction of another database has nothing to do with the fence. */
  private static boolean takesPart(LockFence fence) {
    return TransactionSynchronizationManager.hasResource(fence.dataSource());
  }

  private static void check(LockFence fence, HeldLocks.Hold hold) {
    LockName lock = hold.lock();
    Connection connection = DataSourceUtils.getConnection(fence.dataSource());
    try {
      fence.fence().check(connection, lock.text(), hold.grant().token());
    } catch (SQLException e) {
      throw translated(lock, e);
    } finally {
      DataSourceUtils.releaseConnection(connection, fence.dataSource());
    }
  }

  private static RuntimeException translated(LockName lock, SQLException e) {
    String what = "check of the fence '" + lock + "'";
    DataAccessException known = new SQLStateSQLExceptionTranslator().translate(what, null, e);
    return known == null ? new IllegalStateException(what + " failed", e) : known;
  }
}
