package io.holdfast.gateway.eureka;

import io.holdfast.coordination.Coordinator;
import io.holdfast.gateway.Gateway;
import io.holdfast.gateway.GatewayOptions;
import io.holdfast.gateway.WriteAccess;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Measures how long a change takes until a client that asks all the time gets it through the Eureka
 * door: 1,000 instances of one service, one of which changes its status again and again. To be run
 * by hand; prints a line for each store.
 */
final class ChangeToVisible {

  private static final int INSTANCES = 1_000;
  private static final int CHANGES = 200;
  private static final int WARM_UP = 20;

  private ChangeToVisible() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] arguments) throws Exception {
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start()) {
      System.out.println("ZooKeeper: " + measure(server.uri("visible")));
    }
    try (EtcdCluster server = EtcdCluster.start(1)) {
      System.out.println("etcd:      " + measure(server.uri("visible")));
    }
  }

  private static String measure(String uri) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    try (Coordinator theirs = Coordinator.connect(uri);
        Coordinator ours = Coordinator.connect(uri);
        Registry registry = new Registry(ours);
        Gateway gateway =
            Gateway.start(
                theirs,
                GatewayOptions.loopback(0),
                WriteAccess.none(),
                parts -> List.of(new EurekaDoor(parts)))) {
      List<ServiceInstance> fleet =
          IntStream.range(0, INSTANCES)
              .mapToObj(i -> ServiceInstance.http("orders", "orders-" + i, "10.0.0.1", 8080))
              .toList();
      Registration one = new ArrayList<>(registry.registerAll(fleet)).get(0);
      String base = "http://127.0.0.1:" + gateway.port() + "/eureka/apps/ORDERS/orders-0";
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(base)).header("Accept", "application/json").build();
      gateway.feed().until("orders", now -> now.instances().size() == INSTANCES, 60_000).get();
      long[] nanos = new long[CHANGES];
      for (int i = -WARM_UP; i < CHANGES; i++) {
        boolean down = i % 2 == 0;
        long begun = System.nanoTime();
        one.updateStatus(down ? InstanceStatus.DOWN : InstanceStatus.UP);
        String wanted = down ? "\"status\":\"DOWN\"" : "\"status\":\"UP\"";
        while (!client.send(request, BodyHandlers.ofString()).body().contains(wanted)) {
          Thread.onSpinWait();
        }
        if (i >= 0) {
          nanos[i] = System.nanoTime() - begun;
        }
      }
      Arrays.sort(nanos);
      return "p50 %s ms, p99 %s ms"
          .formatted(millis(nanos[CHANGES / 2]), millis(nanos[CHANGES * 99 / 100]));
    }
  }

  private static String millis(long nanos) {
    return "%.1f".formatted(Duration.ofNanos(nanos).toNanos() / 1e6);
  }
}
