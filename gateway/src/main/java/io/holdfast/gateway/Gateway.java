package io.holdfast.gateway;

import io.holdfast.coordination.Coordinator;
import io.holdfast.http.server.tls.HttpTls;
import io.holdfast.registry.Registry;
import io.holdfast.registry.admin.RegistryAdmin;
import io.holdfast.registry.lease.LeaseLimits;
import io.holdfast.registry.lease.LeasedInstances;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process through which clients of other registries meet this one. Several may run over one
 * cluster: a client may go to any of them.
 *
 * <p>It does not own the coordinator.
 */
public final class Gateway implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final long SWEEP_MILLIS = 1_000;
  private static final long START_SECONDS = 20;
  private static final long CLOSE_SECONDS = 2;

  private final GatewayOptions options;
  private final Vertx vertx;
  private final Registry registry;
  private final ServiceFeed feed;
  private final LeasedInstances leases;
  private final List<Door> doors = new ArrayList<>();
  private final GatewayHttp http;
  private final AtomicBoolean closed = new AtomicBoolean();
  private HttpServer server;

  private Gateway(
      Coordinator coordinator,
      GatewayOptions options,
      WriteAccess access,
      Function<GatewayParts, List<Door>> doors)
      throws IOException {
    this.options = options;
    this.vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(false));
    this.registry = new Registry(coordinator);
    this.feed = new ServiceFeed(registry, new FeedWaits(vertx));
    this.leases = new LeasedInstances(coordinator, LeaseLimits.defaults(), registry::shown);
    GatewayParts parts =
        new GatewayParts(
            vertx,
            options.bind(),
            feed,
            leases,
            new RegistryAdmin(coordinator),
            access,
            coordinator);
    this.http = new GatewayHttp(vertx, feed, access, options.connections());
    try {
      this.doors.addAll(doors.apply(parts));
      leases.start();
      await(feed.start().orTimeout(START_SECONDS, TimeUnit.SECONDS));
    } catch (IOException e) {
      // It starts while the store is away, too; its doors say that they know nothing yet.
      LOG.warn("the store does not name its services yet: {}", e.getMessage());
    }
    vertx.setPeriodic(SWEEP_MILLIS, timer -> leases.sweep(feed.snapshots()));
    this.server = open();
  }

  /**
   * Opens all doors.
   *
   * @param doors makes them of the parts
   * @throws IOException if a port cannot be opened; nothing is left open then
   */
  public static Gateway start(
      Coordinator coordinator,
      GatewayOptions options,
      WriteAccess access,
      Function<GatewayParts, List<Door>> doors)
      throws IOException {
    return new Gateway(coordinator, options, access, doors);
  }

  private HttpServer open() throws IOException {
    try {
      HttpServer opened =
          await(
              http.listen(
                      options.tls().map(HttpTls::load), options.bind(), options.httpPort(), doors)
                  .toCompletionStage());
      for (Door door : doors) {
        await(door.open());
      }
      LOG.info("the gateway is open at {}:{}", options.bind(), opened.actualPort());
      return opened;
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static <T> T await(CompletionStage<T> stage) throws IOException {
    try {
      return stage.toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    } catch (TimeoutException e) {
      throw new IOException("it took longer than " + START_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The HTTP port. */
  public int port() {
    return server.actualPort();
  }

  /** What all doors show. */
  public ServiceFeed feed() {
    return feed;
  }

  /** The instances of its clients. */
  public LeasedInstances leases() {
    return leases;
  }

  /**
   * Stops: takes no more requests, answers long waits, lets those under way finish within the
   * drain's bound, and leaves the instances of its clients to the other gateways. Idempotent.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    doors.forEach(Door::drain);
    feed.close();
    http.drain(options.drain());
    doors.forEach(Door::close);
    leases.close();
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | CompletionException e) {
      LOG.warn("the event loops did not end in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    registry.close();
  }
}
