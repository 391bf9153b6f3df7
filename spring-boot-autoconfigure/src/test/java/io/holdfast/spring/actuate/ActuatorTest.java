package io.holdfast.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registry;
import io.holdfast.spring.app.TestApplication;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

/** The actuator over HTTP, as operators use it. */
class ActuatorTest {

  private static final String SECRET = "very-secret-indeed";

  private static ConfigurableApplicationContext application;

  @BeforeAll
  static void start() {
    application =
        TestApplication.start(
            "accounts",
            "holdfast.connect=memory://" + UUID.randomUUID() + "/actuator",
            "holdfast.security.user=anna",
            "holdfast.security.password=" + SECRET,
            "management.endpoints.web.exposure.include=*",
            "management.endpoint.health.show-details=always");
    RestClient client = application.getBean(RestClient.Builder.class).build();
    await()
        .untilAsserted(
            () ->
                assertThat(client.get().uri("http://accounts/work").retrieve().body(String.class))
                    .isEqualTo("done"));
  }

  @AfterAll
  static void stop() {
    application.close();
  }

  private static HttpResponse<String> call(String method, String path)
      throws IOException, InterruptedException {
    URI uri =
        URI.create("http://127.0.0.1:" + TestApplication.port(application) + "/actuator" + path);
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static String get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = call("GET", path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).doesNotContain(SECRET);
    return answer.body();
  }

  @Test
  void endpoint_shownOverHttp_hasSessionLocksServicesAndReasons() throws Exception {
    assertThat(get("/holdfast")).contains("\"session\":\"ACTIVE\"", "\"service\":\"accounts\"");
    try (LockGrant grant =
        application.getBean(Locks.class).lock("order/4711").exclusive().acquire()) {
      assertThat(get("/holdfast/locks")).contains("order/4711");
      assertThat(get("/holdfast/locks/order/4711")).contains(grant.token().toString(), "HOLDER");
    }
    assertThat(get("/holdfast/services")).contains("\"freshness\":\"LIVE\"");
    assertThat(get("/holdfast/services/accounts")).contains("\"status\":\"UP\"");
    assertThat(get("/holdfast/explain/accounts")).contains("least-request", "CHOSEN");
    assertThat(get("/holdfast/drains")).startsWith("[");
  }

  @Test
  void endpoint_ofWhatIsNotThere_is404() throws Exception {
    assertThat(call("GET", "/holdfast/nothing").statusCode()).isEqualTo(404);
    assertThat(call("GET", "/holdfast/explain/nobody").statusCode()).isEqualTo(404);
  }

  @Test
  void write_withoutAccess_isNotThere() throws Exception {
    assertThat(call("POST", "/holdfast/drain").statusCode()).isEqualTo(405);
    assertThat(application.getBean(Registry.class).registrations())
        .allMatch(each -> each.instance().status() == InstanceStatus.UP);
  }

  @Test
  void health_withSession_isUpWithDetails() throws Exception {
    assertThat(get("/health"))
        .contains("\"holdfast\":", "\"session\":\"ACTIVE\"", "\"freshness\":\"LIVE\"");
  }

  @Test
  void meters_ofSessionRegistryAndBalancer_areBound() {
    MeterRegistry meters = application.getBean(MeterRegistry.class);
    assertThat(meters.getMeters())
        .extracting(meter -> meter.getId().getName())
        .contains("holdfast.session.active", "holdfast.view.up", "holdfast.pick");
  }

  @Test
  void write_withAccess_drainsAndResumes() throws Exception {
    try (ConfigurableApplicationContext open =
        TestApplication.start(
            "open",
            "holdfast.connect=memory://" + UUID.randomUUID() + "/actuator",
            "management.endpoints.web.exposure.include=holdfast",
            "management.endpoint.holdfast.access=unrestricted")) {
      URI uri =
          URI.create("http://127.0.0.1:" + TestApplication.port(open) + "/actuator/holdfast/");
      for (String action : new String[] {"drain", "resume"}) {
        HttpResponse<String> answer =
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(uri.resolve(action))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                    HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains(action.equals("drain") ? "drained" : "UP");
      }
    }
  }
}
