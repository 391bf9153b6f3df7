package samples.spring.rolling;

import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;
import samples.spring.Fleet;
import samples.spring.accounts.AccountsApplication;
import samples.spring.gateway.GatewayApplication;

/**
 * Restarts three accounts, one after the other, behind a gateway that passes requests on all the
 * time, and counts the requests that fail. The same for each way to register, in one run.
 */
public final class RollingRestart {

  private static final int INSTANCES = 3;
  private static final int CLIENTS = 4;

  /** Before the first restart, and after each. */
  private static final int REQUESTS_BETWEEN = 100;

  private static final String PATH = "/accounts/anna";

  /** How the accounts register and the gateway finds them. */
  public enum Way {
    /** Holdfast's starter. */
    HOLDFAST(Map.of()),
    /** Spring Cloud ZooKeeper as it comes. */
    ZOOKEEPER(Map.of("holdfast.enabled", "false", "spring.cloud.zookeeper.enabled", "true")),
    /** Spring Cloud ZooKeeper, and the gateway does not keep what it found for 35 s. */
    ZOOKEEPER_UNCACHED(
        Map.of(
            "holdfast.enabled",
            "false",
            "spring.cloud.zookeeper.enabled",
            "true",
            "spring.cloud.loadbalancer.cache.enabled",
            "false"));

    @SuppressWarnings("ImmutableEnumChecker") // Map.of is
    private final Map<String, String> properties;

    Way(Map<String, String> properties) {
      this.properties = properties;
    }
  }

  /**
   * What was seen.
   *
   * @param requests how many were sent while the instances were restarted
   * @param failures of these, how many had another answer than 200, or none, by what it was
   * @param seconds how long it took
   */
  public record Result(Way way, long requests, Map<String, Long> failures, double seconds) {

    /** How many failed. */
    public long failed() {
      return failures.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  private RollingRestart() {}

  /** Measures every way on a store of its own, and prints a table. */
  public static void main(String[] args) throws InterruptedException {
    List<Result> results = new ArrayList<>();
    for (Way way : Way.values()) {
      try (EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start()) {
        results.add(measure(way, zookeeper));
      }
    }
    System.out.printf(
        "%n| registered by | requests | failed | seconds | how they failed |%n"
            + "|---|--:|--:|--:|---|%n");
    results.forEach(
        result ->
            System.out.printf(
                "| %s | %,d | %,d | %.1f | %s |%n",
                result.way().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                result.requests(),
                result.failed(),
                result.seconds(),
                result.failures()));
  }

  /** Measures one way. */
  public static Result measure(Way way, EmbeddedZooKeeper zookeeper) throws InterruptedException {
    try (Fleet fleet = new Fleet(properties(way, zookeeper))) {
      List<ConfigurableApplicationContext> accounts = new ArrayList<>();
      for (int i = 0; i < INSTANCES; i++) {
        accounts.add(fleet.start(AccountsApplication.class, "accounts"));
      }
      int gateway = Fleet.port(fleet.start(GatewayApplication.class, "gateway"));
      try (Load load = new Load("http://127.0.0.1:" + gateway + PATH, CLIENTS)) {
        load.awaitSuccesses(REQUESTS_BETWEEN);
        long begun = System.nanoTime();
        for (ConfigurableApplicationContext old : accounts) {
          fleet.restart(old, AccountsApplication.class, "accounts");
          load.awaitAnswers(REQUESTS_BETWEEN);
        }
        long took = System.nanoTime() - begun;
        load.stop();
        return new Result(way, load.answered(), load.failures(), took / 1e9);
      }
    }
  }

  private static Map<String, String> properties(Way way, EmbeddedZooKeeper zookeeper) {
    Map<String, String> all = new HashMap<>(way.properties);
    all.put("holdfast.connect", zookeeper.uri("rolling"));
    all.put("spring.cloud.zookeeper.connect-string", zookeeper.connectString());
    all.put("spring.cloud.zookeeper.discovery.instance-host", "127.0.0.1");
    all.put("logging.level.root", "ERROR");
    all.put("logging.level.io.holdfast.spring", "INFO");
    return all;
  }
}
