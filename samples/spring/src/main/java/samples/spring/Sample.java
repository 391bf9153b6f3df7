package samples.spring;

import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.springframework.context.ConfigurableApplicationContext;
import samples.spring.accounts.AccountsApplication;
import samples.spring.gateway.GatewayApplication;
import samples.spring.orders.OrdersApplication;
import samples.spring.rolling.RollingRestart;

/**
 * Starts orders, two accounts and the gateway, and says what to try. {@code rolling} as the first
 * argument measures a rolling restart instead. {@code --connect ADDRESS} uses a store of yours;
 * otherwise one is started.
 */
public final class Sample {

  private Sample() {}

  /** Runs until it is interrupted. */
  public static void main(String[] args) throws InterruptedException {
    List<String> all = Arrays.asList(args);
    if (all.contains("rolling")) {
      RollingRestart.main(args);
      System.exit(0); // ZooKeeper's server leaves a thread of Netty behind
    }
    int connect = all.indexOf("--connect");
    if (connect >= 0) {
      run(all.get(connect + 1));
      return;
    }
    try (EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start()) {
      run(zookeeper.uri("sample"));
    }
  }

  private static void run(String store) throws InterruptedException {
    try (Fleet fleet = new Fleet(Map.of("holdfast.connect", store))) {
      String gateway = "http://127.0.0.1:" + Fleet.port(startAll(fleet));
      System.out.printf(
          "%nTry:%n  curl -X POST '%s/orders?account=anna&cents=250'%n  curl %s/accounts/anna%n"
              + "  curl %s/actuator/holdfast%n  curl %s/actuator/holdfast/explain/accounts%n",
          gateway, gateway, gateway, gateway);
      new CountDownLatch(1).await();
    }
  }

  /**
   * Starts all services.
   *
   * @return the gateway
   */
  static ConfigurableApplicationContext startAll(Fleet fleet) {
    fleet.start(AccountsApplication.class, "accounts");
    fleet.start(AccountsApplication.class, "accounts");
    fleet.start(OrdersApplication.class, "orders");
    return fleet.start(GatewayApplication.class, "gateway");
  }
}
