package io.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.gateway.consul.ConsulDoor;
import io.holdfast.gateway.consul.ConsulOptions;
import io.holdfast.gateway.eureka.EurekaDoor;
import io.holdfast.gateway.prometheus.HttpSdDoor;
import io.holdfast.registry.Registry;
import io.holdfast.registry.admin.RegistryAdmin;
import io.holdfast.registry.lease.LeaseLimits;
import io.holdfast.registry.lease.LeasedInstances;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Doors over a feed that the store has told nothing yet. */
class UnknownStoreTest {

  private static final String TOKEN = "0123456789abcdef";

  private static int status(int port, String method, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("X-Consul-Token", TOKEN)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build(),
            BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void doors_beforeTheStoreHasAnswered_neverSayThatNobodyIsThere(@TempDir Path folder)
      throws Exception {
    Vertx vertx = Vertx.vertx();
    try (Coordinator coordinator = Coordinator.connect("memory://" + UUID.randomUUID() + "/test");
        Registry registry = new Registry(coordinator);
        ServiceFeed feed = new ServiceFeed(registry, new FeedWaits(vertx));
        LeasedInstances leases =
            new LeasedInstances(coordinator, LeaseLimits.defaults(), registry::shown)) {
      WriteAccess access =
          WriteAccess.read(Files.writeString(folder.resolve("t"), "me " + TOKEN + "\n"));
      GatewayParts parts =
          new GatewayParts(
              vertx,
              "127.0.0.1",
              feed,
              leases,
              new RegistryAdmin(coordinator),
              access,
              coordinator);
      Router router = Router.router(vertx);
      List.of(
              new ConsulDoor(parts, ConsulOptions.defaults()),
              new EurekaDoor(parts),
              new HttpSdDoor(parts))
          .forEach(door -> door.routes(router));
      HttpServer server =
          vertx
              .createHttpServer()
              .requestHandler(router)
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get(10, TimeUnit.SECONDS);
      int port = server.actualPort();

      for (String path :
          List.of(
              "agent/services",
              "agent/checks",
              "agent/service/x",
              "catalog/services",
              "catalog/service/x",
              "health/service/x",
              "health/state/any")) {
        assertThat(status(port, "GET", "/v1/" + path)).as(path).isEqualTo(500);
      }
      for (String path :
          List.of("service/deregister/x", "check/pass/x", "service/maintenance/x?enable=true")) {
        assertThat(status(port, "PUT", "/v1/agent/" + path)).as(path).isEqualTo(500);
      }
      for (String path : List.of("/eureka/apps", "/eureka/apps/A", "/prometheus/sd")) {
        assertThat(status(port, "GET", path)).as(path).isEqualTo(503);
      }
      assertThat(status(port, "PUT", "/eureka/apps/A/a")).isEqualTo(503);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }
}
