package samples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import samples.spring.rolling.RollingRestart;

/** The three services, and the restart under load that nobody notices. */
@Timeout(300)
class SpringSampleTest {

  private static EmbeddedZooKeeper zookeeper;

  @BeforeAll
  static void start() {
    zookeeper = EmbeddedZooKeeper.start();
  }

  @AfterAll
  static void stop() {
    zookeeper.close();
  }

  @Test
  void order_throughTheGateway_debitsTheAccountOnce() throws Exception {
    Map<String, String> common =
        Map.of("holdfast.connect", zookeeper.uri("sample"), "logging.level.root", "WARN");
    try (Fleet fleet = new Fleet(common)) {
      String gateway = "http://127.0.0.1:" + Fleet.port(Sample.startAll(fleet));
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(get(gateway + "/accounts/anna")).isEqualTo("10000"));
      assertThat(post(gateway + "/orders?account=anna&cents=250")).isEqualTo("9750");
      assertThat(get(gateway + "/accounts/anna")).isEqualTo("9750");
    }
  }

  @Test
  void rollingRestart_underLoad_failsNoRequest() throws Exception {
    RollingRestart.Result result = RollingRestart.measure(RollingRestart.Way.HOLDFAST, zookeeper);
    assertThat(result.requests()).isGreaterThan(300);
    assertThat(result.failures()).isEmpty();
  }

  private static String get(String url) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url)).build());
  }

  private static String post(String url) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.noBody()).build());
  }

  private static String send(HttpRequest request) throws IOException, InterruptedException {
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}
