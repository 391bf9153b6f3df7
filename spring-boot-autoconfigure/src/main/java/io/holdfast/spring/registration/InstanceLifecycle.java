package io.holdfast.spring.registration;

import io.holdfast.registry.DrainResult;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

/**
 * Registers the application when its web server listens, and drains it before the server stops.
 *
 * <pre>
 * start:  web server listens → registered, STARTING → application is ready → UP
 * stop:   DRAINING → every client has acknowledged it → no request arrives any more → web server
 *         stops gracefully → beans are destroyed → withdrawn
 * </pre>
 *
 * <p>Spring stops higher phases first, and waits for each. {@link #PHASE} is above the one in which
 * the web server begins to refuse requests, so the server serves as usual until the drain is over.
 *
 * <p>It is not one of Spring Cloud's {@code AutoServiceRegistration}s, of which an application can
 * have only one: it works beside Eureka's, Consul's or ZooKeeper's, and without Spring Cloud.
 */
public final class InstanceLifecycle
    implements SmartLifecycle, ApplicationListener<ApplicationEvent> {

  /** Above {@link WebServerApplicationContext#GRACEFUL_SHUTDOWN_PHASE}, so it stops before. */
  public static final int PHASE = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 512;

  private static final Logger LOG = LoggerFactory.getLogger(InstanceLifecycle.class);
  private static final String MANAGEMENT = "management";

  private final Registry registry;
  private final ServiceProperties properties;
  private final OwnInstance own;
  private final RequestActivity activity;

  /** Guarded by this, as is all below. */
  private int port;

  private int managementPort;
  private boolean running;
  private boolean draining;
  private InstanceStatus status;
  private @Nullable Registration registration;
  private @Nullable DrainResult drained;

  InstanceLifecycle(
      Registry registry, ServiceProperties properties, OwnInstance own, RequestActivity activity) {
    this.registry = registry;
    this.properties = properties;
    this.own = own;
    this.activity = activity;
    this.status =
        properties.up() == ServiceProperties.Up.LISTENING
            ? InstanceStatus.UP
            : InstanceStatus.STARTING;
  }

  /** The service's name. */
  public String service() {
    return own.service();
  }

  /** The registration; empty before the web server listens and after it was withdrawn. */
  public synchronized Optional<Registration> registration() {
    return Optional.ofNullable(registration);
  }

  /** How the drain of the shutdown ended; empty before. */
  public synchronized Optional<DrainResult> drained() {
    return Optional.ofNullable(drained);
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    if (event instanceof WebServerInitializedEvent listening) {
      listening(listening);
    } else if (event instanceof AvailabilityChangeEvent<?> change
        && change.getState() instanceof ReadinessState readiness
        && properties.up() == ServiceProperties.Up.READY) {
      become(
          readiness == ReadinessState.ACCEPTING_TRAFFIC ? InstanceStatus.UP : InstanceStatus.DOWN);
    }
  }

  private synchronized void listening(WebServerInitializedEvent event) {
    String namespace = event.getApplicationContext().getServerNamespace();
    if (MANAGEMENT.equals(namespace)) {
      managementPort = event.getWebServer().getPort();
      if (registration != null) {
        registration.update(now -> now.withPort(MANAGEMENT, managementPort));
      }
    } else if (namespace == null) {
      port = event.getWebServer().getPort();
    }
  }

  /** While it starts and stops, readiness is the lifecycle's to say; the drain goes before all. */
  private synchronized void become(InstanceStatus next) {
    if (draining || (status == InstanceStatus.STARTING && next == InstanceStatus.DOWN)) {
      return;
    }
    status = next;
    if (registration != null) {
      registration.updateStatus(next);
    }
  }

  /** Registers, without waiting for the cluster: an outage must not keep it from starting. */
  @Override
  public synchronized void start() {
    if (running) {
      return;
    }
    running = true;
    draining = false;
    if (registration != null) {
      registration.updateStatus(status);
    } else if (port > 0 || properties.port() != null) {
      ServiceInstance instance = own.at(port, managementPort, status);
      registration = registry.registerAsync(instance);
      LOG.info(
          "registering {}/{} at {}:{}",
          instance.service(),
          instance.id(),
          instance.host(),
          instance.ports());
    }
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  @Override
  public void stop(Runnable callback) {
    leave().whenComplete((done, failure) -> callback.run());
  }

  private synchronized CompletionStage<?> leave() {
    running = false;
    Registration leaving = registration;
    Duration bound = properties.drain().bound();
    if (leaving == null || bound.isZero()) {
      return CompletableFuture.completedFuture(null);
    }
    draining = true;
    long begun = System.nanoTime();
    CompletableFuture<Void> quiet = new CompletableFuture<>();
    leaving
        .drain(bound)
        .whenComplete(
            (result, failure) -> {
              left(leaving.instance(), result, failure);
              afterLastRequest(quiet, begun + bound.toNanos());
            });
    return quiet;
  }

  /** Completes {@code quiet} when no request has arrived for a while, or the time is over. */
  private void afterLastRequest(CompletableFuture<Void> quiet, long deadline) {
    Duration settle = properties.drain().settle();
    Duration missing = settle.minus(activity.sinceLast());
    if (missing.isNegative() || missing.isZero() || System.nanoTime() - deadline >= 0) {
      quiet.complete(null);
    } else {
      CompletableFuture.delayedExecutor(missing.toNanos(), TimeUnit.NANOSECONDS)
          .execute(() -> afterLastRequest(quiet, deadline));
    }
  }

  private synchronized void left(
      ServiceInstance instance, @Nullable DrainResult result, @Nullable Throwable failure) {
    drained = result;
    if (result == null) {
      LOG.warn(
          "{}/{} leaves without a drain: {}",
          instance.service(),
          instance.id(),
          String.valueOf(failure));
    }
  }

  /** Withdraws the instance; its entry ends with the session at the latest. */
  void withdraw() {
    Optional<Registration> there = registration();
    synchronized (this) {
      registration = null;
    }
    there.ifPresent(Registration::close);
  }

  @Override
  public synchronized boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
