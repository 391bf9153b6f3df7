package io.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.gateway.dns.DnsNames;
import io.holdfast.registry.Registration;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A new instance comes to each door at once, beside 1,000 others. */
@Timeout(300)
final class DoorDelayTest {

  private static final int ROUNDS = 3;
  private static final int OTHERS = 1_000;
  private static final long PATIENCE = 30;

  /** Whether a door shows an address. */
  private interface Probe {
    boolean shows(String address) throws IOException, InterruptedException;
  }

  /** A client that asks Consul's door by blocking queries. */
  private static final class Blocking implements Probe {
    private final GatewayUnderTest gateway;
    private String index = "1";

    Blocking(GatewayUnderTest gateway) {
      this.gateway = gateway;
    }

    @Override
    public boolean shows(String address) throws IOException, InterruptedException {
      HttpResponse<String> answer =
          gateway.get("/v1/health/service/web?passing&wait=20s&index=" + index);
      index = answer.headers().firstValue("X-Consul-Index").orElse("1");
      return answer.body().contains("\"" + address + "\"");
    }
  }

  private static CompletableFuture<Long> measure(Probe probe, String address, long began) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            long end = began + TimeUnit.SECONDS.toNanos(PATIENCE);
            while (System.nanoTime() < end) {
              if (probe.shows(address)) {
                return System.nanoTime() - began;
              }
            }
            throw new AssertionError("not shown within " + PATIENCE + " s");
          } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void newInstance_isShownByEveryDoor() throws Exception {
    try (EmbeddedZooKeeper store = EmbeddedZooKeeper.start();
        GatewayUnderTest gateway = new GatewayUnderTest(store.uri("delay"))) {
      List<ServiceInstance> others =
          IntStream.range(0, OTHERS)
              .mapToObj(
                  i ->
                      ServiceInstance.http(
                          "web", "w-" + i, "10.1." + i / 250 + "." + (1 + i % 250), 80))
              .toList();
      List<Registration> registered = gateway.registry().registerAll(others);
      assertThat(registered).hasSize(OTHERS);
      Map<String, Probe> probes = new LinkedHashMap<>();
      probes.put("Consul, blocking query", new Blocking(gateway));
      probes.put(
          "http_sd, asked all the time",
          address -> gateway.get("/prometheus/sd/web").body().contains("\"" + address + ":80\""));
      probes.put(
          "DNS, asked all the time",
          address -> DnsNames.isThere(gateway.dns(), DnsNames.ofAddress(address, "web")));
      Map<String, List<Long>> delays = new LinkedHashMap<>();
      for (Map.Entry<String, Probe> probe : probes.entrySet()) {
        List<Long> some = new ArrayList<>();
        for (int round = -2; round < ROUNDS; round++) {
          String address = "10.200.0." + (round + 10);
          long began = System.nanoTime();
          CompletableFuture<Long> shown = measure(probe.getValue(), address, began);
          try (Registration one =
              gateway
                  .registry()
                  .registerAsync(ServiceInstance.http("web", "new-" + round, address, 80))) {
            long took = shown.get(PATIENCE, TimeUnit.SECONDS);
            assertThat(one.instance().host()).isEqualTo(address);
            if (round >= 0) {
              some.add(took);
            }
          }
        }
        delays.put(probe.getKey(), some.stream().sorted().toList());
      }
      assertThat(delays.values())
          .allSatisfy(
              some ->
                  assertThat(Duration.ofNanos(some.get(some.size() / 2)))
                      .isLessThan(Duration.ofSeconds(10)));
    }
  }
}
