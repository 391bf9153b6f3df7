package io.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two gateways as processes, one of them killed: what its clients have is the other's. */
@Timeout(90)
final class KilledGatewayTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOCK_DELAY = Duration.ofSeconds(2);
  private static final Pattern SESSION = Pattern.compile("\"ID\":\"([^\"]*)\"");
  private static final Pattern FENCE = Pattern.compile("\"FencingToken\":\"([^\"]*)\"");
  private static final String ORDER = "/eureka/apps/ORDERS/orders-1";

  private static final String WEB =
      """
      {"ID": "web-1", "Name": "web", "Address": "10.0.0.1", "Port": 80,
       "Check": {"TTL": "5s", "Status": "passing"}}""";

  private static final String ORDERS =
      """
      {"instance": {"instanceId": "orders-1", "app": "ORDERS", "hostName": "10.0.0.1",
        "ipAddr": "10.0.0.1", "status": "UP", "port": {"$": 8080, "@enabled": "true"},
        "vipAddress": "orders", "leaseInfo": {"durationInSecs": 5}, "lastDirtyTimestamp": "1",
        "dataCenterInfo": {"name": "MyOwn",
          "@class": "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"}}}""";

  private static String first(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    assertThat(found.find()).as(text).isTrue();
    return found.group(1);
  }

  private static String session(GatewayProcess at) throws Exception {
    String delay = "{\"TTL\":\"30s\",\"LockDelay\":\"" + LOCK_DELAY.toSeconds() + "s\"}";
    return first(SESSION, at.send("PUT", "/v1/session/create", delay).body());
  }

  private static boolean acquire(GatewayProcess at, String session) throws Exception {
    return at.send("PUT", "/v1/kv/job?acquire=" + session, "me").body().equals("true");
  }

  private static boolean knows(GatewayProcess at, String session) throws Exception {
    return !at.send("GET", "/v1/session/info/" + session, "").body().equals("[]");
  }

  @ParameterizedTest
  @EnumSource
  void clientsGoOnAtTheOther_andItKeepsTheLockDelay(StoreUnderTest kind, @TempDir Path folder)
      throws Exception {
    StoreUnderTest.Running store = kind.start();
    try (AutoCloseable server = store.server();
        GatewayProcess killed = GatewayProcess.start(store.uri(), folder, "killed");
        GatewayProcess other = GatewayProcess.start(store.uri(), folder, "other")) {
      assertThat(server).isNotNull();
      killed.awaitReady();
      other.awaitReady();
      String mine = session(killed);
      String theirs = session(other);
      assertThat(acquire(killed, mine)).isTrue();
      String fence = first(FENCE, killed.send("GET", "/v1/kv/job", "").body());
      assertThat(killed.send("PUT", "/v1/agent/service/register", WEB).statusCode()).isEqualTo(200);
      assertThat(killed.send("POST", "/eureka/apps/ORDERS", ORDERS).statusCode()).isEqualTo(204);
      await().atMost(PATIENCE).until(() -> knows(other, mine));
      await().atMost(PATIENCE).until(() -> isThere(other));

      killed.kill();

      long lastSeen = System.nanoTime();
      while (!acquire(other, theirs)) {
        long before = System.nanoTime();
        lastSeen = knows(other, mine) ? before : lastSeen;
        assertThat(other.send("PUT", "/v1/agent/check/pass/service:web-1", "").statusCode())
            .isEqualTo(200);
        assertThat(other.send("PUT", ORDER + "?status=UP", "").statusCode()).isEqualTo(200);
        assertThat(isThere(other)).isTrue();
        assertThat(Duration.ofNanos(before - lastSeen)).isLessThan(PATIENCE);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - lastSeen)).isGreaterThan(LOCK_DELAY);
      assertThat(isThere(other)).isTrue();
      assertThat(first(FENCE, other.send("GET", "/v1/kv/job", "").body())).isGreaterThan(fence);
    }
  }

  private static boolean isThere(GatewayProcess at) throws Exception {
    return at.send("GET", "/v1/health/service/web?passing", "").body().contains("web-1")
        && at.send("GET", ORDER, "").statusCode() == 200;
  }
}
