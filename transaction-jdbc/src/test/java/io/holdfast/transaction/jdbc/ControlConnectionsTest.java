package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pool that work shares has no connection left when the second phase needs one. */
@Timeout(60)
final class ControlConnectionsTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  /** What the pool has; whoever asks waits until there is something. */
  private final BlockingQueue<Object> pool = new LinkedBlockingQueue<>();

  private ControlConnections connections = new ControlConnections(source(), 2, LONG);

  private ControlConnections within(Duration timeout) {
    connections.close();
    connections = new ControlConnections(source(), 2, timeout);
    return connections;
  }

  @AfterEach
  void close() {
    connections.close();
  }

  private DataSource source() {
    return proxy(
        DataSource.class,
        () -> {
          Object next = pool.take();
          if (next instanceof SQLException failure) {
            throw failure;
          }
          return next;
        });
  }

  private interface Answer {
    @Nullable Object get() throws Exception;
  }

  /** Answers what gives something with {@code answer}. */
  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(self);
                  case "equals" -> self == arguments[0];
                  case "getConnection" -> answer.get();
                  default -> null;
                }));
  }

  private static Connection connection() {
    return proxy(Connection.class, () -> null);
  }

  private CompletableFuture<Connection> taken() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return connections.take();
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task, "takes").start());
  }

  @Test
  void take_poolHasNoneLeft_failsInTimeAndSaysWhatIsNeeded() {
    assertThatThrownBy(() -> within(Duration.ofMillis(100)).take())
        .isInstanceOf(SQLTransientConnectionException.class)
        .hasMessageContaining("must not share a pool with work")
        .hasMessageContaining("a pool of its own, of 2 connections");
  }

  @Test
  void take_poolHasNoneLeft_getsWhatIsGivenBack() throws Exception {
    Connection only = connection();
    pool.add(only);
    assertThat(within(LONG).take()).isSameAs(only);
    CompletableFuture<Connection> next = taken();

    await().until(() -> hasAsked(next));
    connections.give(only);

    assertThat(next.get(20, TimeUnit.SECONDS)).isSameAs(only);
  }

  /** Until it waits, which shows when the pool is asked for the second time. */
  private boolean hasAsked(CompletableFuture<Connection> next) {
    return !next.isDone() && connections.waiting() == 1;
  }

  @Test
  void take_sourceFails_failsAtOnceWithThat() {
    pool.add(new SQLException("no route to host"));

    assertThatThrownBy(() -> within(LONG).take()).hasMessage("no route to host");
  }

  /** One whose connection came too late for it leaves that to the next. */
  @Test
  void take_openedLate_isKeptForTheNext() throws Exception {
    within(Duration.ofMillis(50));
    assertThatThrownBy(() -> connections.take()).isInstanceOf(SQLException.class);
    Connection late = connection();
    pool.add(late);

    await().ignoreExceptions().untilAsserted(() -> assertThat(connections.take()).isSameAs(late));
  }
}
