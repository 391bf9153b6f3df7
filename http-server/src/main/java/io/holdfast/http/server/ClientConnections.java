package io.holdfast.http.server;

import io.holdfast.spi.Durations;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds what clients that are many or slow can hold of a server: so many connections, each of
 * which must bring a request's head, and then its body, and read the answer, in time. A connection
 * that is late, or one too many, is closed; one whose request is being worked on is left alone.
 *
 * <p>A connection on which credentials were not believed a few times is closed too, so that each
 * try of somebody who guesses costs a handshake.
 *
 * <p>An idle time-out alone does not do it: a client that sends a byte now and then is never idle.
 */
public final class ClientConnections {

  private static final long SWEEP_MILLIS = 1_000;

  /** Unsuccessful authentications on one connection until it is closed. */
  private static final int MOST_DENIALS = 5;

  private final Vertx vertx;
  private final int most;
  private final long headNanos;
  private final long bodyNanos;
  private final long silentMillis;
  private final AtomicInteger open = new AtomicInteger();

  /** Until when a connection has to bring what is awaited of it, on the monotonic clock. */
  private final Map<HttpConnection, Long> deadlines = new ConcurrentHashMap<>();

  /** How often somebody was not believed. */
  private final Map<HttpConnection, Integer> denials = new ConcurrentHashMap<>();

  /**
   * With these bounds.
   *
   * @param most connections at a time
   * @param head from the connection, or the last answer, until the head of a request is there
   * @param body from the head until the body is there
   * @param answer from the body until the answer is made and read; at least what making it can take
   */
  public ClientConnections(Vertx vertx, int most, Duration head, Duration body, Duration answer) {
    this.vertx = vertx;
    this.most = most;
    this.headNanos = Durations.nanos(head);
    this.bodyNanos = Durations.nanos(body);
    this.silentMillis = Durations.millis(head.plus(body).plus(answer));
    vertx.setPeriodic(SWEEP_MILLIS, timer -> closeLate());
  }

  /**
   * Opens the server, which hands what comes in time to the router.
   *
   * @param router whose first handler is {@link #handler}
   */
  public Future<HttpServer> listen(HttpServerOptions options, Router router) {
    options
        // With HTTP/2 in clear text on, Vert.x tells of a connection only with its first request.
        .setHttp2ClearTextEnabled(false)
        // A close waits for what is still to be sent, and so for a client that reads nothing. This
        // does not: it is for the connection to which nothing could be written for so long.
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setWriteIdleTimeout((int) silentMillis);
    return vertx
        .createHttpServer(options)
        .connectionHandler(this::accept)
        .requestHandler(router)
        .listen();
  }

  /** Of every route the first. */
  public Handler<RoutingContext> handler() {
    return context -> {
      HttpConnection connection = context.request().connection();
      if (context.request().method().equals(HttpMethod.GET)) {
        read(context.request());
      } else {
        await(connection, bodyNanos);
      }
      context.addEndHandler(ended -> await(connection, headNanos));
      context.next();
    };
  }

  private void accept(HttpConnection connection) {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      connection.close();
      return;
    }
    await(connection, headNanos);
    connection.closeHandler(
        closed -> {
          open.decrementAndGet();
          deadlines.remove(connection);
          denials.remove(connection);
        });
  }

  /**
   * Somebody was not believed, which is to be answered. A few times are an error, more are somebody
   * who tries: after this answer the connection closes.
   */
  public void denied(RoutingContext context) {
    if (denials.merge(context.request().connection(), 1, Integer::sum) >= MOST_DENIALS) {
      closeAfterAnswer(context);
    }
  }

  /** What the client still sends is nothing that we want to read. */
  public static void closeAfterAnswer(RoutingContext context) {
    context.response().putHeader("Connection", "close");
    context.addEndHandler(ended -> context.request().connection().close());
  }

  /** All of the request is there: from here on it is ours to answer in time. */
  public void read(HttpServerRequest request) {
    deadlines.remove(request.connection());
  }

  private void await(HttpConnection connection, long nanos) {
    deadlines.put(connection, System.nanoTime() + nanos);
  }

  private void closeLate() {
    long now = System.nanoTime();
    deadlines.forEach(
        (connection, deadline) -> {
          if (deadline - now < 0 && deadlines.remove(connection, deadline)) {
            connection.close();
          }
        });
  }
}
