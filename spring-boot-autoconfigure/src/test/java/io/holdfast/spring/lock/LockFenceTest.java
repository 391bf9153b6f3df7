package io.holdfast.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Coordinator;
import io.holdfast.fence.JdbcFence;
import io.holdfast.fence.StaleTokenException;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Session;
import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.TransactionTemplate;

/** Locked methods and Spring's transactions, on a database. */
final class LockFenceTest {

  private static final JdbcFence<String> FENCE = JdbcFence.inTable("fence", JdbcFence.Column.TEXT);

  private final String uri = "memory://" + UUID.randomUUID() + "/app";
  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(HoldfastAutoConfiguration.class, LockedAutoConfiguration.class))
          .withUserConfiguration(Database.class)
          .withBean(Ledger.class)
          .withPropertyValues("holdfast.connect=" + uri);

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionManagement
  static class Database {

    @Bean(destroyMethod = "dispose")
    JdbcConnectionPool pool() throws SQLException {
      JdbcConnectionPool pool =
          JdbcConnectionPool.create(
              "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "", "");
      try (Connection connection = pool.getConnection()) {
        connection.createStatement().execute("CREATE TABLE entry (amount BIGINT)");
        connection
            .createStatement()
            .execute(JdbcFence.ddl(connection, "fence", JdbcFence.Column.TEXT));
      }
      return pool;
    }

    /** H2 forgets that a connection reads only, which other databases do not. */
    @Bean
    @Primary
    DataSource database(JdbcConnectionPool pool) {
      return new DelegatingDataSource(pool) {
        @Override
        public Connection getConnection() throws SQLException {
          Connection connection = pool.getConnection();
          AtomicReference<Object> readOnly = new AtomicReference<>(false);
          return (Connection)
              Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {Connection.class},
                  (proxy, method, arguments) -> {
                    if (method.getName().equals("setReadOnly")) {
                      readOnly.set(arguments[0]);
                      return null;
                    }
                    return method.getName().equals("isReadOnly")
                        ? readOnly.get()
                        : method.invoke(connection, arguments);
                  });
        }
      };
    }

    @Bean
    PlatformTransactionManager transactionManager(DataSource database) {
      return new JdbcTransactionManager(database);
    }

    @Bean
    JdbcTemplate template(DataSource database) {
      return new JdbcTemplate(database);
    }

    @Bean
    LockFence ledgerFence(DataSource database) {
      return new LockFence(database, FENCE);
    }

    /** Of a database with which no transaction has to do. */
    @Bean
    LockFence strangeFence() throws SQLException {
      return new LockFence(new Database().pool(), FENCE);
    }
  }

  /** Writes under a lock and its fence. */
  static class Ledger {

    private final JdbcTemplate template;

    Ledger(JdbcTemplate template) {
      this.template = template;
    }

    @Locked(name = "shard", key = "#shard", fence = "ledgerFence", waitAtMost = "0s")
    @Transactional
    public FencingToken book(int shard, long amount, Runnable meanwhile, FencingToken token) {
      template.update("INSERT INTO entry VALUES (?)", amount);
      meanwhile.run();
      return token;
    }

    @Locked(name = "shard", key = "#p0", fence = "ledgerFence")
    @Transactional
    public void giveUp(int shard) {
      template.update("INSERT INTO entry VALUES (1)");
      TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
    }

    @Locked(name = "shard", fence = "strangeFence")
    @Transactional
    public void withStrangeFence() {
      template.update("INSERT INTO entry VALUES (1)");
    }

    @Locked(name = "shard", key = "#shard")
    @Transactional
    public void transfer(int shard, Runnable booking) {
      booking.run();
    }

    @Locked(name = "shard", key = "#shard")
    @Transactional(isolation = Isolation.REPEATABLE_READ)
    public void snapshot(int shard, Runnable booking) {
      booking.run();
    }

    @Locked(name = "shard", key = "#shard", fence = "ledgerFence")
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void bookByItself(int shard) {
      template.update("INSERT INTO entry VALUES (1)");
    }

    @Locked(name = "shard", key = "#shard")
    public void under(int shard, Runnable work) {
      work.run();
    }

    @Locked(name = "shard", key = "#shard", fence = "ledgerFence")
    @Transactional
    public void fencedTransfer(int shard, Runnable booking) {
      booking.run();
    }

    @Locked(name = "plain", waitAtMost = "0s")
    @Transactional
    public void plain(Runnable meanwhile) {
      meanwhile.run();
    }
  }

  private static int entries(AssertableApplicationContext context) {
    return context.getBean(JdbcTemplate.class).queryForList("SELECT amount FROM entry").size();
  }

  @Test
  void method_fenced_commitsUnderItsToken() {
    application.run(
        context -> {
          Ledger ledger = context.getBean(Ledger.class);
          FencingToken first = ledger.book(1, 10, () -> {}, FencingToken.NONE);
          FencingToken second = ledger.book(1, 10, () -> {}, FencingToken.NONE);
          ledger.book(2, 10, () -> {}, FencingToken.NONE);
          assertThat(second).isGreaterThan(first);
          assertThat(entries(context)).isEqualTo(3);
          assertThat(
                  context
                      .getBean(JdbcTemplate.class)
                      .queryForObject(
                          "SELECT token FROM fence WHERE name = 'shard:1'", String.class))
              .isEqualTo(second.toString());
        });
  }

  @Test
  void method_overtakenInItsTransaction_isRolledBack() {
    application.run(
        context -> {
          Ledger ledger = context.getBean(Ledger.class);
          AtomicReference<FencingToken> next = new AtomicReference<>();
          Session session = context.getBean(Coordinator.class).current().orElseThrow();
          assertThatThrownBy(
                  () ->
                      ledger.book(
                          1, 10, () -> next.set(overtake(context, session)), FencingToken.NONE))
              .isInstanceOf(StaleTokenException.class);
          assertThat(entries(context)).isZero();
          assertThat(next.get()).isNotNull();
        });
  }

  /** Our session ends, as after a pause; another process gets the lock and seals the fence. */
  private FencingToken overtake(AssertableApplicationContext context, Session session) {
    session.close();
    try (Coordinator other = Coordinator.connect(uri);
        LockGrant theirs = new Locks(other).lock("shard:1").exclusive().acquire()) {
      context.getBean("ledgerFence", LockFence.class).seal(new LockName("shard:1"), theirs.token());
      return theirs.token();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void method_insideALockedTransaction_isGuardedByItsCommit() {
    application.run(
        context -> {
          Ledger ledger = context.getBean(Ledger.class);
          Runnable booking = () -> ledger.book(1, 10, () -> {}, FencingToken.NONE);
          ledger.fencedTransfer(1, booking);
          ledger.transfer(1, booking);
          assertThat(entries(context)).isEqualTo(2);
          AtomicReference<FencingToken> next = new AtomicReference<>();
          Session session = context.getBean(Coordinator.class).current().orElseThrow();
          Runnable overtaken =
              () -> {
                next.set(overtake(context, session));
                context.getBean(JdbcTemplate.class).update("INSERT INTO entry VALUES (3)");
              };
          assertThatThrownBy(() -> ledger.fencedTransfer(1, overtaken))
              .isInstanceOf(StaleTokenException.class);
          assertThat(entries(context)).isEqualTo(2);
          assertThat(next.get()).isNotNull();
        });
  }

  @Test
  void method_lockTakenInTheCallersTransaction_isRefusedUnderAFence() {
    application.run(
        context -> {
          Ledger ledger = context.getBean(Ledger.class);
          TransactionTemplate outer =
              new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
          Runnable booking = () -> ledger.book(1, 10, () -> {}, FencingToken.NONE);
          assertThatThrownBy(
                  () -> outer.executeWithoutResult(status -> ledger.transfer(1, booking)))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("began before");
          assertThat(entries(context)).isZero();
        });
  }

  /** It would read what was there before the seal. */
  @Test
  void method_joinsAnUnfencedSnapshot_isRefusedBeforeItRuns() {
    application.run(
        context -> {
          Ledger ledger = context.getBean(Ledger.class);
          Runnable booking = () -> ledger.book(1, 10, () -> {}, FencingToken.NONE);

          assertThatThrownBy(() -> ledger.snapshot(1, booking))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("shard:1")
              .hasMessageContaining("REPEATABLE READ");
          assertThat(entries(context)).isZero();

          ledger.snapshot(1, () -> ledger.bookByItself(1));
          ledger.under(1, () -> ledger.snapshot(1, () -> ledger.bookByItself(1)));
          assertThat(entries(context)).isEqualTo(2);
        });
  }

  @Test
  void transaction_thatOnlyReads_afterAFencedMethod_isNotChecked() {
    application.run(
        context -> {
          Ledger ledger = context.getBean(Ledger.class);
          TransactionTemplate reading =
              new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
          reading.setReadOnly(true);
          AtomicReference<Integer> seen = new AtomicReference<>();
          ledger.under(
              1,
              () -> {
                ledger.book(1, 10, () -> {}, FencingToken.NONE);
                seen.set(reading.execute(status -> entries(context)));
              });
          assertThat(seen).hasValue(1);
        });
  }

  @Test
  void method_rollsBackItself_isNoFailure() {
    application.run(
        context -> {
          context.getBean(Ledger.class).giveUp(1);
          assertThat(entries(context)).isZero();
        });
  }

  @Test
  void method_fenceOfAnotherDatabase_saysThatItGuardsNothing() {
    application.run(
        context ->
            assertThatThrownBy(context.getBean(Ledger.class)::withStrangeFence)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("guarded nothing"));
  }

  @Test
  void method_callersTransaction_keepsTheLockUntilItsEnd() {
    application.run(
        context -> {
          Ledger ledger = context.getBean(Ledger.class);
          TransactionTemplate outer =
              new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
          try (Coordinator other = Coordinator.connect(uri)) {
            Locks others = new Locks(other);
            outer.executeWithoutResult(
                status -> {
                  ledger.plain(() -> {});
                  assertThat(others.lock("plain").exclusive().tryAcquire())
                      .as("not committed yet")
                      .isEmpty();
                  ledger.plain(() -> {});
                });
            assertThat(others.lock("plain").exclusive().tryAcquire()).isPresent();
          }
          assertThatThrownBy(
                  () ->
                      outer.executeWithoutResult(
                          status -> ledger.book(1, 10, () -> {}, FencingToken.NONE)))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("began before");
          assertThat(entries(context)).isZero();
        });
  }
}
