package io.holdfast.spring.lock;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.coordination.Coordinator;
import io.holdfast.fence.JdbcFence;
import io.holdfast.fence.StaleTokenException;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.lock.Locks;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.spi.Session;
import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import io.holdfast.spring.commit.CommitAutoConfiguration;
import io.holdfast.spring.commit.Databases;
import io.holdfast.spring.commit.GlobalTransaction;
import io.holdfast.spring.discovery.DiscoveryAutoConfiguration;
import io.holdfast.spring.discovery.HoldfastDiscoveryClient;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** Locks, fences, discovery and observations on ZooKeeper, etcd and PostgreSQL. */
@Timeout(120)
@ResourceLock("databases") // others count what is prepared in them
final class RealStoresTest {

  private static final JdbcFence<String> FENCE = JdbcFence.inTable("fence", JdbcFence.Column.TEXT);

  private static ZooKeeperCluster zookeeper;
  private static EtcdCluster etcd;

  private final String account = UUID.randomUUID().toString();

  /** What keeps the locks. */
  enum Store {
    ZOOKEEPER {
      @Override
      String uri(String namespace) {
        return zookeeper.uri(namespace);
      }
    },
    ETCD {
      @Override
      String uri(String namespace) {
        return etcd.uri(namespace);
      }
    };

    abstract String uri(String namespace);
  }

  @BeforeAll
  static void start() throws SQLException {
    zookeeper = ZooKeeperCluster.start(1);
    etcd = EtcdCluster.start(1);
    try (HikariDataSource accounts = Databases.pool(Databases.accounts());
        Connection connection = accounts.getConnection()) {
      String table = JdbcFence.ddl(connection, "fence", JdbcFence.Column.TEXT);
      Databases.run(Databases.accounts(), table);
    }
  }

  @AfterAll
  static void stop() {
    zookeeper.close();
    etcd.close();
  }

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionManagement
  static class Application {

    final List<Observation.Context> seen = new CopyOnWriteArrayList<>();

    @Bean
    HikariDataSource accountsPool() {
      return Databases.pool(Databases.accounts());
    }

    @Bean
    HikariDataSource ledgerPool() {
      return Databases.pool(Databases.ledger());
    }

    @Bean
    @Primary
    PlatformTransactionManager accountsManager(HikariDataSource accountsPool) {
      return new JdbcTransactionManager(accountsPool);
    }

    @Bean
    LockFence accountsFence(HikariDataSource accountsPool) {
      return new LockFence(accountsPool, FENCE);
    }

    @Bean
    Booking booking(HikariDataSource accountsPool, HikariDataSource ledgerPool) {
      return new Booking(new JdbcTemplate(accountsPool), new JdbcTemplate(ledgerPool));
    }

    @Bean
    ObservationRegistry observations() {
      ObservationRegistry registry = ObservationRegistry.create();
      registry
          .observationConfig()
          .observationHandler(
              new ObservationHandler<>() {
                @Override
                public boolean supportsContext(Observation.Context context) {
                  return true;
                }

                @Override
                public void onStop(Observation.Context context) {
                  seen.add(context);
                }
              });
      return registry;
    }
  }

  /** Writes under a lock and its fence. */
  static class Booking {
    private final JdbcTemplate accounts;
    private final JdbcTemplate ledger;

    Booking(JdbcTemplate accounts, JdbcTemplate ledger) {
      this.accounts = accounts;
      this.ledger = ledger;
    }

    @Locked(name = "booking", key = "#account", fence = "accountsFence")
    @Transactional
    public void local(String account, Runnable meanwhile) {
      accounts.update("INSERT INTO account VALUES (?, 1)", account);
      meanwhile.run();
    }

    @Locked(name = "booking", key = "#account", fence = "accountsFence")
    @GlobalTransaction(name = "book")
    public void global(String account, Runnable meanwhile) {
      accounts.update("INSERT INTO account VALUES (?, 1)", account);
      ledger.update("INSERT INTO account VALUES (?, 1)", account);
      meanwhile.run();
    }

    /** Has looked already when it calls what is fenced. */
    @Locked(name = "booking", key = "#account")
    @Transactional(isolation = Isolation.REPEATABLE_READ)
    public void snapshot(String account, Runnable inner) {
      accounts.queryForList("SELECT * FROM account WHERE id = ?", account);
      inner.run();
    }
  }

  /** How many instances of which services there are at each heartbeat. */
  private static final class Looks implements ApplicationListener<HeartbeatEvent> {
    private final HoldfastDiscoveryClient client;
    private final List<Object> values = new CopyOnWriteArrayList<>();
    private volatile Map<String, Integer> last = Map.of();

    Looks(HoldfastDiscoveryClient client) {
      this.client = client;
    }

    @Override
    public void onApplicationEvent(HeartbeatEvent event) {
      values.add(event.getValue());
      last =
          client.getServices().stream()
              .collect(toMap(service -> service, service -> client.getInstances(service).size()));
    }
  }

  private ApplicationContextRunner application(Store store) {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                HoldfastAutoConfiguration.class,
                LockedAutoConfiguration.class,
                DiscoveryAutoConfiguration.class,
                CommitAutoConfiguration.class))
        .withUserConfiguration(Application.class)
        .withPropertyValues(
            "holdfast.connect=" + store.uri("app-" + account),
            "holdfast.session-timeout=4s",
            "holdfast.transactions.databases.accounts.data-source=accountsPool",
            "holdfast.transactions.databases.accounts.threads=4",
            "holdfast.transactions.databases.ledger.data-source=ledgerPool",
            "holdfast.transactions.databases.ledger.threads=4");
  }

  private long accounts(String url) {
    return Databases.number(url, "SELECT count(*) FROM account WHERE id = '" + account + "'");
  }

  /** Our session ends, as after a pause; another process gets the lock and seals the fence. */
  private void overtake(ApplicationContext context, Store store) {
    context.getBean(Coordinator.class).current().ifPresent(Session::close);
    LockName lock = new LockName("booking:" + account);
    try (Coordinator other = Coordinator.connect(store.uri("app-" + account));
        LockGrant theirs = new Locks(other).lock(lock.text()).exclusive().acquire()) {
      context.getBean(LockFence.class).seal(lock, theirs.token());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void fenced_inOneDatabaseOrBoth_commitsOnlyUnlessOvertaken(Store store) {
    application(store)
        .run(
            context -> {
              Booking booking = context.getBean(Booking.class);

              assertThatThrownBy(() -> booking.local(account, () -> overtake(context, store)))
                  .isInstanceOf(StaleTokenException.class);
              assertThatThrownBy(() -> booking.global(account, () -> overtake(context, store)))
                  .isInstanceOf(StaleTokenException.class);
              assertThat(accounts(Databases.accounts())).isZero();
              assertThat(accounts(Databases.ledger())).isZero();

              Runnable inner = () -> booking.local(account, () -> {});
              assertThatThrownBy(() -> booking.snapshot(account, inner))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("REPEATABLE READ");
              assertThat(accounts(Databases.accounts())).isZero();

              booking.global(account, () -> {});
              assertThat(accounts(Databases.accounts())).isOne();
              assertThat(accounts(Databases.ledger())).isOne();
              expectObserved(context.getBean(Application.class).seen);
            });
  }

  private void expectObserved(List<Observation.Context> seen) {
    assertThat(named(seen, "holdfast.locked.wait"))
        .isNotEmpty()
        .allSatisfy(
            wait -> {
              assertThat(low(wait, "outcome")).isEqualTo("acquired");
              assertThat(wait.getLowCardinalityKeyValues().toString()).doesNotContain(account);
            });
    assertThat(named(seen, "holdfast.locked.held"))
        .extracting(held -> low(held, "outcome"))
        .contains("lost", "released");
    List<Observation.Context> global = named(seen, "holdfast.global.transaction");
    assertThat(global)
        .extracting(each -> low(each, "outcome"))
        .containsExactly("rolled_back", "committed");
    assertThat(global)
        .allSatisfy(
            each -> {
              assertThat(low(each, "transaction")).isEqualTo("book");
              assertThat(each.getParentObservation()).as("the hold around it").isNotNull();
            });
  }

  private static String low(Observation.Context context, String key) {
    return Objects.requireNonNull(context.getLowCardinalityKeyValue(key)).getValue();
  }

  private static List<Observation.Context> named(List<Observation.Context> seen, String name) {
    return seen.stream().filter(each -> name.equals(each.getName())).toList();
  }

  @ParameterizedTest
  @EnumSource
  void discovery_findsWhatIsRegisteredUntilItDrains(Store store) {
    application(store)
        .run(
            context -> {
              Registry registry = context.getBean(Registry.class);
              HoldfastDiscoveryClient client = context.getBean(HoldfastDiscoveryClient.class);
              Registration mine =
                  registry.register(ServiceInstance.http("accounts", "a-1", "127.0.0.1", 8080));
              await().until(() -> client.getInstances("accounts").size() == 1);
              assertThat(client.getServices()).contains("accounts");

              assertThat(mine.drain(Duration.ofSeconds(5)).join().isComplete()).isTrue();

              assertThat(client.getInstances("accounts")).isEmpty();
              assertThat(
                      context
                          .getBean(ReactiveDiscoveryClient.class)
                          .getInstances("accounts")
                          .collectList()
                          .block(Duration.ofSeconds(10)))
                  .isEmpty();
              List<Observation.Context> seen = context.getBean(Application.class).seen;
              List<Observation.Context> found = named(seen, "holdfast.discovery.instances");
              assertThat(found)
                  .extracting(lookup -> low(lookup, "outcome"))
                  .containsOnly("found", "none")
                  .endsWith("none", "none");
              assertThat(found).allMatch(lookup -> low(lookup, "service").equals("accounts"));
              assertThat(named(seen, "holdfast.discovery.services"))
                  .extracting(lookup -> low(lookup, "outcome"))
                  .containsExactly("found");
            });
  }

  @ParameterizedTest
  @EnumSource
  void heartbeats_whoLooksAtEachOnly_seesWhatComesAndGoes(Store store) {
    application(store)
        .run(
            context -> {
              Registry registry = context.getBean(Registry.class);
              Looks looks = new Looks(context.getBean(HoldfastDiscoveryClient.class));
              context
                  .getSourceApplicationContext(ConfigurableApplicationContext.class)
                  .addApplicationListener(looks);

              registry.register(ServiceInstance.http("ledger", "l-1", "127.0.0.1", 8081));
              await().until(() -> looks.last.equals(Map.of("ledger", 1)));
              Registration first =
                  registry.register(ServiceInstance.http("accounts", "a-1", "127.0.0.1", 8080));
              registry.register(ServiceInstance.http("accounts", "a-2", "127.0.0.1", 8082));
              await().until(() -> looks.last.equals(Map.of("ledger", 1, "accounts", 2)));
              first.close();
              await().until(() -> looks.last.equals(Map.of("ledger", 1, "accounts", 1)));
              assertThat(looks.values).doesNotHaveDuplicates();
            });
  }
}
