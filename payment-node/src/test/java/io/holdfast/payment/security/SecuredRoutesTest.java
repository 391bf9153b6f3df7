package io.holdfast.payment.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.http.server.tls.HttpTls;
import io.holdfast.http.server.tls.TlsIdentity;
import io.holdfast.http.server.tls.TlsOptions;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.security.RateLimits.Rate;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.tls.TestAuthority;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The handlers one after the other on a real server that asks for certificates. */
class SecuredRoutesTest {

  private static final MemoryCluster CLUSTER = MemoryCluster.onRealTime();
  private static Coordinator coordinator;
  private static CallerKeys callers;
  private static CallerAdmin admin;
  private static TestAuthority authority;
  private static Vertx vertx;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    CoordinatorOptions options = CoordinatorOptions.defaults();
    coordinator = Coordinator.connect(CLUSTER.client("node", options), options, "memory");
    callers = new CallerKeys(coordinator);
    admin = new CallerAdmin(coordinator);
    callers.known().get(30, TimeUnit.SECONDS);
    authority = TestAuthority.create("bank");
    vertx = Vertx.vertx();
    Router router = Router.router(vertx);
    router.route().handler(new Authentication(callers, Authentication.Mode.REQUIRED).handler());
    // Slow enough that a slow machine fills no bucket meanwhile.
    router.route().handler(new RateLimits(Map.of(Role.CUSTOMER, new Rate(1, 2))).handler());
    router
        .route()
        .handler(
            context ->
                context.response().end(Authentication.identity(context).caller().toString()));
    router.route().failureHandler(SecuredRoutesTest::failed);
    port =
        vertx
            .createHttpServer(
                tls(authority.server(), ClientAuth.REQUEST)
                    .secure(new HttpServerOptions().setHost("127.0.0.1").setPort(0)))
            .requestHandler(router)
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS)
            .actualPort();
  }

  private static void failed(RoutingContext context) {
    if (context.failure() instanceof DeniedException denied) {
      denied.denial().headers().forEach(context.response()::putHeader);
      context.response().setStatusCode(denied.denial().status()).end(denied.denial().code());
    } else {
      context.next();
    }
  }

  @AfterAll
  static void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    callers.close();
    coordinator.close();
    CLUSTER.close();
    authority.close();
  }

  private static HttpTls tls(ClientCertificate certificate, ClientAuth clients) {
    return HttpTls.load(
        new TlsOptions(new TlsIdentity.Pem(certificate), Optional.of(authority.pem()), clients));
  }

  private static HttpClient client(String commonName) {
    return tls(authority.client(commonName), ClientAuth.NONE)
        .secure(HttpClient.newBuilder())
        .build();
  }

  private static HttpResponse<String> get(HttpClient client, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/"))
            .timeout(Duration.ofSeconds(30));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void await(String name) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> callers.named(name).isPresent());
  }

  @Test
  void certificate_ofACaller_isTheCaller() throws Exception {
    admin.addWithoutKey("gateway", Set.of(Role.OPERATOR), "").get(30, TimeUnit.SECONDS);
    await("gateway");

    assertThat(get(client("gateway")).body()).contains("gateway", "OPERATOR");
    assertThat(get(client("somebody")).statusCode()).isEqualTo(403);
  }

  @Test
  void key_wrongKey_andTooManyRequests_areAnsweredAsTheyShould() throws Exception {
    ApiKey key = admin.add("alice", Set.of(Role.CUSTOMER), "").get(30, TimeUnit.SECONDS);
    await("alice");
    HttpClient client = client("somebody");
    String bearer = "Bearer " + key.reveal();

    HttpResponse<String> wrong = get(client, "Authorization", bearer.replace("hfk", "abc"));
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.headers().firstValue("WWW-Authenticate")).isPresent();
    assertThat(get(client, "Authorization", bearer, "Authorization", bearer).body())
        .isEqualTo("credentials-ambiguous");

    HttpResponse<String> answer = get(client, "Authorization", bearer);
    assertThat(answer.body()).contains("alice");
    int sent = 1;
    while (answer.statusCode() == 200 && sent < 1_000) {
      answer = get(client, "Authorization", bearer);
      sent++;
    }
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
  }
}
