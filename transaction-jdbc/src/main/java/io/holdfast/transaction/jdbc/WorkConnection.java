package io.holdfast.transaction.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A connection whose transaction is not for whoever has it to end. */
final class WorkConnection {

  private WorkConnection() {}

  /** The same connection but for what would end the transaction. Closing it does nothing. */
  static Connection of(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            WorkConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, arguments) -> call(connection, method, arguments));
  }

  private static @Nullable Object call(
      Connection connection, Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    switch (method.getName()) {
      case "close" -> {
        return null;
      }
      case "commit", "abort" -> throw refused(method);
      case "rollback" -> {
        if (arguments == null) {
          throw refused(method);
        }
      }
      case "setAutoCommit" -> {
        if (arguments != null && Boolean.TRUE.equals(arguments[0])) {
          throw refused(method);
        }
      }
      default -> {
        // Whatever it is, it does not end the transaction.
      }
    }
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static SQLException refused(Method method) {
    return new SQLException(
        "the work of a branch must not call "
            + method.getName()
            + ": its transaction ends with the others', throw to refuse",
        "2D000");
  }
}
