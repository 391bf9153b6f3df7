package io.holdfast.transaction.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A pool of one connection, which is handed out whoever has it, and never reset. */
final class Unclosed {

  private Unclosed() {}

  static DataSource source(Connection only) {
    Connection handle =
        proxy(
            Connection.class,
            (method, arguments) ->
                method.getName().equals("close") ? null : method.invoke(only, arguments));
    return proxy(DataSource.class, (method, arguments) -> handle);
  }

  /** What is done with a call. */
  private interface Call {
    @Nullable Object with(java.lang.reflect.Method method, Object[] arguments)
        throws ReflectiveOperationException;
  }

  private static <T> T proxy(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              try {
                return call.with(method, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
