package io.holdfast.gateway;

import io.holdfast.http.server.ClientConnections;
import io.holdfast.http.server.RequestRules;
import io.holdfast.http.server.tls.HttpTls;
import io.holdfast.spi.Durations;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one HTTP server of all doors: bounds for connections, heads, bodies and paths, and the pages
 * {@code /live} and {@code /ready}.
 */
final class GatewayHttp {

  private static final Logger LOG = LoggerFactory.getLogger(GatewayHttp.class);

  /** A batch of Eureka's peer replication has 250 instances with all their metadata. */
  private static final long LARGEST_BODY = 2 * 1024 * 1024;

  private static final int LONGEST_LINE = 4 * 1024;
  private static final int LARGEST_HEAD = 16 * 1024;
  private static final int TOO_LARGE = 413;
  private static final int UNAUTHENTICATED = 401;
  private static final int FORBIDDEN = 403;
  private static final Set<HttpMethod> READS =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  /** Clients poll every 30 seconds on one connection. */
  private static final Duration HEAD = Duration.ofSeconds(90);

  private static final Duration BODY = Duration.ofSeconds(10);

  /** Consul's longest wait, with its jitter, is 637 seconds. */
  private static final Duration ANSWER = Duration.ofMinutes(11);

  private static final long STEP_MILLIS = 20;

  private final Vertx vertx;
  private final ServiceFeed feed;
  private final WriteAccess access;
  private final ClientConnections connections;
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile boolean draining;

  GatewayHttp(Vertx vertx, ServiceFeed feed, WriteAccess access, int most) {
    this.vertx = vertx;
    this.feed = feed;
    this.access = access;
    this.connections = new ClientConnections(vertx, most, HEAD, BODY, ANSWER);
  }

  Future<HttpServer> listen(Optional<HttpTls> tls, String host, int port, List<Door> doors) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(host)
            .setPort(port)
            .setMaxInitialLineLength(LONGEST_LINE)
            .setMaxHeaderSize(LARGEST_HEAD);
    tls.ifPresent(with -> with.secure(options));
    Router router = Router.router(vertx);
    router.route().handler(connections.handler());
    router.route().handler(this::begin);
    router.route().handler(BodyHandler.create(false).setBodyLimit(LARGEST_BODY));
    router.route().handler(this::bodyRead);
    router.get("/live").handler(context -> context.response().end());
    router.get("/ready").handler(this::ready);
    doors.forEach(door -> door.routes(router));
    router.errorHandler(TOO_LARGE, this::tooLarge);
    router.errorHandler(500, this::failed);
    return connections.listen(options, router);
  }

  private void begin(RoutingContext context) {
    underWay.incrementAndGet();
    context.addEndHandler(ended -> underWay.decrementAndGet());
    if (draining) {
      context.response().putHeader("Connection", "close");
    }
    Optional<RequestRules.Refusal> refusal = RequestRules.check(context);
    if (refusal.isPresent()) {
      ClientConnections.closeAfterAnswer(context);
      context
          .response()
          .setStatusCode(refusal.get().status())
          .putHeader("Content-Type", "text/plain")
          .end(refusal.get().detail());
      return;
    }
    if (READS.contains(context.request().method())) {
      context.next();
      return;
    }
    // Before the body is read: who may not write fills no memory.
    Optional<String> principal =
        access.of(context.request()).or(() -> access.ofToken(context.request().getParam("token")));
    if (principal.isEmpty()) {
      connections.denied(context);
      ClientConnections.closeAfterAnswer(context);
      // The clients of Consul know 403, and all others 401.
      boolean consul = context.normalizedPath().startsWith("/v1/");
      context
          .response()
          .setStatusCode(consul ? FORBIDDEN : UNAUTHENTICATED)
          .putHeader("WWW-Authenticate", "Basic realm=\"holdfast\"")
          .putHeader("Content-Type", "text/plain")
          .end("writing needs a token of the gateway's --token-file");
      return;
    }
    context.put(Door.PRINCIPAL, principal.get());
    context.next();
  }

  private void bodyRead(RoutingContext context) {
    if (!context.request().method().equals(HttpMethod.GET)) {
      connections.read(context.request());
    }
    context.next();
  }

  private void ready(RoutingContext context) {
    boolean ready = feed.isReady() && !draining;
    context
        .response()
        .setStatusCode(ready ? 200 : 503)
        .putHeader("Content-Type", "text/plain")
        .end(ready ? "ready" : draining ? "stopping" : "the store has not named the services yet");
  }

  private void tooLarge(RoutingContext context) {
    ClientConnections.closeAfterAnswer(context);
    context
        .response()
        .setStatusCode(TOO_LARGE)
        .putHeader("Content-Type", "text/plain")
        .end("a body has at most " + LARGEST_BODY + " bytes");
  }

  private void failed(RoutingContext context) {
    if (context.response().ended() || context.response().closed()) {
      return;
    }
    LOG.error("a request failed by a fault of this gateway", context.failure());
    context.response().setStatusCode(500).end();
  }

  /** Lets the requests under way finish. Blocks, for {@code atMost}. */
  void drain(Duration atMost) {
    draining = true;
    CountDownLatch idle = new CountDownLatch(1);
    vertx.setPeriodic(
        STEP_MILLIS,
        timer -> {
          if (underWay.get() == 0) {
            vertx.cancelTimer(timer);
            idle.countDown();
          }
        });
    try {
      if (!idle.await(Durations.millis(atMost), TimeUnit.MILLISECONDS)) {
        LOG.warn("{} requests were not answered within {}", underWay.get(), Durations.text(atMost));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
