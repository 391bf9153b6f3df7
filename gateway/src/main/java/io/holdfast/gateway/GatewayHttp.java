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
import io.vertx.core.http.HttpServerRequest;
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
    if (draining) {
      refuse(context, 503, "this gateway is stopping; ask another");
      return;
    }
    underWay.incrementAndGet();
    context.addEndHandler(ended -> underWay.decrementAndGet());
    Optional<RequestRules.Refusal> refusal = RequestRules.check(context);
    if (refusal.isPresent()) {
      refuse(context, refusal.get().status(), refusal.get().detail());
      return;
    }
    // Before the body is read: who may not write fills no memory.
    if (READS.contains(context.request().method())) {
      if (hasBody(context.request())) {
        refuse(context, 400, "reading takes no body");
      } else {
        Runnable denied = () -> connections.denied(context);
        context.put(Door.DENIED, denied);
        context.next();
      }
      return;
    }
    boolean consul = context.normalizedPath().startsWith("/v1/");
    Optional<String> principal = principal(context.request(), consul);
    if (principal.isEmpty()) {
      connections.denied(context);
      context.response().putHeader("WWW-Authenticate", "Basic realm=\"holdfast\"");
      // The clients of Consul know 403, and all others 401.
      refuse(
          context,
          consul ? FORBIDDEN : UNAUTHENTICATED,
          "writing needs a token of the gateway's --token-file");
      return;
    }
    context.put(Door.PRINCIPAL, principal.get());
    context.next();
  }

  private static void refuse(RoutingContext context, int status, String why) {
    ClientConnections.closeAfterAnswer(context);
    context.response().setStatusCode(status).putHeader("Content-Type", "text/plain").end(why);
  }

  private static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader("Content-Length");
    return request.headers().contains("Transfer-Encoding")
        || (length != null && !length.strip().equals("0"));
  }

  /** Parameters of Eureka's are metadata, which everybody reads: a token is none of them. */
  private Optional<String> principal(HttpServerRequest request, boolean consul) {
    Optional<String> found = access.of(request);
    return found.isEmpty() && consul ? access.ofToken(request.getParam("token")) : found;
  }

  private void bodyRead(RoutingContext context) {
    if (!context.request().method().equals(HttpMethod.GET)) {
      connections.read(context.request());
    }
    context.next();
  }

  private void ready(RoutingContext context) {
    boolean ready = feed.isReady();
    context
        .response()
        .setStatusCode(ready ? 200 : 503)
        .putHeader("Content-Type", "text/plain")
        .end(ready ? "ready" : "the store has not named the services yet");
  }

  private void tooLarge(RoutingContext context) {
    refuse(context, TOO_LARGE, "a body has at most " + LARGEST_BODY + " bytes");
  }

  private void failed(RoutingContext context) {
    if (context.response().ended() || context.response().closed()) {
      return;
    }
    LOG.error("a request failed by a fault of this gateway", context.failure());
    context.response().setStatusCode(500).end();
  }

  /** Lets the requests under way finish, and begins no others. Blocks, for {@code atMost}. */
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
